// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_model.h"

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/face/forest_landmarks.h"
#include "mien/face/landmark_network.h"
#include "mien/face/mesh_landmarks.h"
#include "mien/runtime/runtime.h"

namespace mien {

namespace {

namespace fs = std::filesystem;

fs::path packaged_forest() {
  for (const char* folder : {MIEN_DLIB_DATA_FOLDER, "/usr/share/dlib", "/usr/local/share/dlib"}) {
    const auto file = fs::path(folder) / "shape_predictor_68_face_landmarks.dat";
    if (*folder != '\0' && fs::is_regular_file(file)) return file;
  }
  throw Error(ErrorCode::not_found, "shape_predictor_68_face_landmarks.dat is not installed",
              "Install the package libdlib-data (apt-get install libdlib-data), or name a landmark model: --landmarks "
              "models/mien-landmarks68.onnx is the network that comes with mien.");
}

std::unique_ptr<LandmarkModel> load_onnx(const fs::path& file) {
  const auto model = runtime::Model::load(file.string(), {.precision = runtime::Precision::fp32, .threads = 1});
  if (is_landmark_network(model)) return make_landmark_network(model, file.string());
  if (is_face_mesh(model)) return make_face_mesh(model, file.string());
  throw Error(ErrorCode::bad_file, file.string() + ": neither a landmark network of mien's nor a face mesh of 468 or 478 points");
}

}  // namespace

std::unique_ptr<LandmarkModel> make_landmark_model(const fs::path& model) {
  if (model == "dlib") return load_forest_landmarks(packaged_forest());
  if (!fs::is_regular_file(model)) throw Error(ErrorCode::not_found, model.string() + ": no such file");
  return to_lower(model.extension().string()) == ".onnx" ? load_onnx(model) : load_forest_landmarks(model);
}

}  // namespace mien
