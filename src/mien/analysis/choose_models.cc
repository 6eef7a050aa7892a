// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/choose_models.h"

#include <fmt/format.h>

#include "mien/base/files.h"
#include "mien/face/landmark_choice.h"
#include "mien/pipeline/find_weights.h"

namespace mien {
namespace {

/// A word ("", "dlib", "none") or the absolute path of a file.
std::string absolute_file(const std::string& given) {
  if (given.empty() || given == "dlib" || given == "none") return given;
  std::error_code error;
  const fs::path path = fs::absolute(given, error);
  return error ? given : path.lexically_normal().string();
}

std::string content_of(const std::string& file) {
  std::error_code error;
  if (!fs::path(file).is_absolute() || !fs::is_regular_file(file, error)) return "";
  const auto bytes = read_bytes(file);
  return content_hash(bytes.data(), bytes.size());
}

}  // namespace

FaceOptions with_models(FaceOptions options) {
  ModelPlaces places{options.models, {}};
  if (options.model != "none") {
    const fs::path file = find_onnx(weights_or_default(options.model, {".onnx"}, places));
    if (!options.model.empty()) places.weights = file;
    options.model = file.string();
  }
  options.landmarks = find_landmark_model(options.landmarks, places);
  for (std::string* file : {&options.model, &options.landmarks, &options.detector_model, &options.embedding})
    *file = absolute_file(*file);
  return options;
}

std::string models_text(const FaceOptions& o) {
  return fmt::format("faces by {}{}, landmarks by {}, {}", o.detector,
                     o.detector_model.empty() ? "" : " (" + o.detector_model + ")", o.landmarks,
                     o.model == "none" ? "no expressions" : "expressions by " + o.model);
}

std::vector<std::pair<std::string, std::string>> model_facts(const FaceOptions& o) {
  std::vector<std::pair<std::string, std::string>> facts = {{"detector", o.detector}};
  for (const auto& [name, file] : {std::pair("detector_model", o.detector_model), std::pair("landmarks", o.landmarks),
                                   std::pair("weights", o.model), std::pair("embedding", o.embedding)}) {
    if (file.empty()) continue;
    facts.emplace_back(name, file);
    if (const std::string content = content_of(file); !content.empty())
      facts.emplace_back(std::string(name) + "_content", content);
  }
  return facts;
}

}  // namespace mien
