// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/embedder.h"

#include "mien/base/error.h"
#include "mien/tracking/onnx_embedder.h"
#include "mien/tracking/texture_embedder.h"

namespace mien {

std::unique_ptr<FaceEmbedder> make_face_embedder(const std::filesystem::path& model) {
  if (model.empty()) return std::make_unique<TextureEmbedder>();
  if (!std::filesystem::is_regular_file(model))
    throw Error(ErrorCode::not_found, model.string() + ": no such embedding network",
                "Leave it out to use the built-in description.");
  return std::make_unique<OnnxEmbedder>(model);
}

}  // namespace mien
