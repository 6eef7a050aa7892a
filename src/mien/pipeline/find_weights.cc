// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/find_weights.h"

#include "mien/base/error.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"

namespace mien {

namespace fs = std::filesystem;

fs::path find_weights(const fs::path& path) {
  if (fs::is_directory(path)) {
    const fs::path best = path / "weights" / "best.safetensors";
    if (fs::exists(best)) return best;
    throw Error(ErrorCode::not_found, path.string() + ": holds no weights/best.safetensors",
                "Give a run folder of 'mien train' or a weights file.");
  }
  if (!fs::exists(path))
    throw Error(ErrorCode::not_found, path.string() + ": no such file",
                "Train one with 'mien train', or use models/mien-ferplus.safetensors.");
  return path;
}

bool is_onnx(const fs::path& file) { return to_lower(file.extension().string()) == ".onnx"; }

fs::path find_onnx(const fs::path& path) {
  const fs::path weights = find_weights(path);
  if (is_onnx(weights)) return weights;
  const fs::path onnx = fs::path(weights).replace_extension(".onnx");
  if (fs::exists(onnx)) return onnx;
  throw Error(ErrorCode::not_found, onnx.string() + ": no such file, and --runtime onnx needs one",
              "Write it: " + shell_command({"mien", "export", "--weights", weights.string(), "--output", onnx.string()}));
}

fs::path weights_or_default(const std::string& given, const std::vector<std::string>& endings, const ModelPlaces& places) {
  if (!given.empty()) return given;
  for (const auto& ending : endings)
    if (const auto file = find_shipped_model(default_weights + ending, places)) return *file;
  return require_shipped_model(default_weights + endings.front(), places);
}

}  // namespace mien
