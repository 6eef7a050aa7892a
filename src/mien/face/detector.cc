// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/detector.h"

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/face/view_detector.h"

namespace mien {

namespace {

std::unique_ptr<ViewScanner> make_scanner(const DetectorOptions& options) {
  if (options.kind == "dlib") {
    if (!options.model.empty())
      throw Error(ErrorCode::usage, "face detector dlib takes no model file, found " + options.model.string(),
                  "Its weights are inside the library; for an ONNX file choose the detector onnx.");
    return make_dlib_scanner();
  }
  if (options.kind == "cascade") return make_cascade_scanner(options.model);
  if (options.kind == "onnx") {
    if (options.model.empty())
      throw Error(ErrorCode::usage, "face detector onnx needs a model file", "Name a YuNet, UltraFace or RetinaFace .onnx file.");
    return make_onnx_scanner(options.model);
  }
  throw Error(ErrorCode::usage, "unknown face detector '" + options.kind + "'",
              suggestion(options.kind, {"dlib", "cascade", "onnx"}));
}

}  // namespace

std::unique_ptr<FaceDetector> make_face_detector(const DetectorOptions& options) {
  return std::make_unique<ViewDetector>(options, make_scanner(options));
}

}  // namespace mien
