// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "mien/results/result_json.h"
#include "mien/base/utf8.h"
#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;

template <typename Number>
Number number(const Json& value) {
  return value.is_null() ? std::numeric_limits<Number>::quiet_NaN() : value.get<Number>();
}

const Json& list_of(const Json& value, std::size_t count, const char* what) {
  if (!value.is_array() || (count > 0 && value.size() != count))
    throw Error(ErrorCode::bad_file, fmt::format("expected {} numbers as '{}'", count, what));
  return value;
}

HeadPose pose_of(const Json& j) {
  HeadPose pose;
  pose.yaw_deg = number<double>(j.at("yaw_deg"));
  pose.pitch_deg = number<double>(j.at("pitch_deg"));
  pose.roll_deg = number<double>(j.at("roll_deg"));
  const Json& translation = list_of(j.at("translation_mm"), 3, "translation_mm");
  for (int i = 0; i < 3; ++i) pose.translation_mm[i] = number<double>(translation[static_cast<std::size_t>(i)]);
  pose.reprojection_error_px = number<double>(j.at("reprojection_error_px"));
  return pose;
}

FaceQuality quality_of(const Json& j) {
  FaceQuality quality;
  quality.size_px = number<double>(j.at("size_px"));
  quality.sharpness = number<double>(j.at("sharpness"));
  quality.exposure = number<double>(j.at("exposure"));
  quality.frontal = number<double>(j.at("frontal"));
  quality.overall = number<double>(j.at("overall"));
  return quality;
}

Points landmarks_of(const Json& j) {
  Points points;
  points.reserve(68);
  for (const auto& point : list_of(j, 0, "landmarks")) {
    list_of(point, 2, "landmarks");
    points.emplace_back(number<float>(point[0]), number<float>(point[1]));
  }
  return points;
}

/// Values of an object whose keys are `names` in this order.
std::vector<float> values_of(const Json& j, const std::vector<std::string>& names, const char* what) {
  if (!j.is_object()) throw Error(ErrorCode::bad_file, fmt::format("expected an object as '{}'", what));
  std::vector<float> values;
  for (const auto& [key, value] : j.items()) {
    const std::size_t i = values.size();
    if (i >= names.size() || names[i] != key) break;
    values.push_back(number<float>(value));
  }
  if (values.size() != names.size() || j.size() != names.size())
    throw Error(ErrorCode::bad_file, fmt::format("expected {} as '{}'", join(names, ", "), what),
                "Results of different models do not go into one file.");
  return values;
}

/// The first object seen gives the names of the classes.
std::vector<float> probabilities_of(const Json& j, std::vector<std::string>& class_names, const char* what) {
  if (class_names.empty() && j.is_object())
    for (const auto& [key, value] : j.items()) class_names.push_back(key);
  return values_of(j, class_names, what);
}

FaceResult face_of(const Json& j, std::vector<std::string>& class_names) {
  FaceResult face;
  const Json& box = list_of(j.at("box"), 4, "box");
  face.box = {number<float>(box[0]), number<float>(box[1]), number<float>(box[2]), number<float>(box[3])};
  face.score = number<float>(j.at("score"));
  std::string label;
  for (const auto& [key, value] : j.items()) {
    if (key == "identity")
      face.identity = value.get<int>();
    else if (key == "followed")
      face.followed = value.get<bool>();
    else if (key == "label")
      label = value.get<std::string>();
    else if (key == "uncertain")
      face.uncertain = value.get<bool>();
    else if (key == "probabilities")
      face.probabilities = probabilities_of(value, class_names, "probabilities");
    else if (key == "raw_probabilities")
      face.raw_probabilities = probabilities_of(value, class_names, "raw_probabilities");
    else if (key == "valence")
      face.valence = number<float>(value);
    else if (key == "arousal")
      face.arousal = number<float>(value);
    else if (key == "action_units")
      face.action_units = values_of(value, action_unit_names(), "action_units");
    else if (key == "pose")
      face.pose = pose_of(value);
    else if (key == "quality")
      face.quality = quality_of(value);
    else if (key == "landmarks")
      face.landmarks = landmarks_of(value);
  }
  if (label.empty()) return face;
  const auto found = std::find(class_names.begin(), class_names.end(), label);
  if (found == class_names.end() || face.probabilities.empty())
    throw Error(ErrorCode::bad_file, fmt::format("no probability for the label '{}'", label));
  face.label = static_cast<int>(found - class_names.begin());
  return face;
}

FrameResult frame_of(const Json& j, std::vector<std::string>& class_names) {
  FrameResult frame;
  frame.source = j.at("source").get<std::string>();
  if (const auto encoded = j.find("source_encoded"); encoded != j.end())
    frame.source = percent_decode(encoded->get<std::string>());
  frame.video = j.at("video").get<bool>();
  frame.frame = j.at("frame").get<std::int64_t>();
  frame.time_s = number<double>(j.at("time_s"));
  frame.width = j.at("width").get<int>();
  frame.height = j.at("height").get<int>();
  for (const auto& face : list_of(j.at("faces"), 0, "faces")) frame.faces.push_back(face_of(face, class_names));
  if (const auto error = j.find("error"); error != j.end()) frame.error = error->get<std::string>();
  return frame;
}

}  // namespace

FrameResult ResultFromJson::read(std::string_view line, const std::string& where) {
  try {
    return frame_of(parse_ordered_json(line, "not a result of one frame"), class_names_);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: not a result of one frame: {}", where, to_utf8(error.what())),
                "Only files in the format \"jsonl\" can be read back.");
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", where, error.what()), error.hint());
  }
}

}  // namespace mien
