// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "mien/results/checked_results.h"
#include "mien/results/number_text.h"
#include "mien/results/result_json.h"
#include "mien/base/json_text.h"
#include "mien/base/utf8.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

void append_number(std::string& out, double value, int decimals) {
  if (std::isfinite(value))
    append_short(out, value, decimals);
  else
    out += "null";
}

void append_numbers(std::string& out, std::initializer_list<double> values, int decimals) {
  out += '[';
  bool first = true;
  for (const double value : values) {
    if (!first) out += ',';
    first = false;
    append_number(out, value, decimals);
  }
  out += ']';
}

void append_field(std::string& out, const char* key, double value, int decimals) {
  out += key;
  append_number(out, value, decimals);
}

void append_pose(std::string& out, const HeadPose& pose) {
  append_field(out, ",\"pose\":{\"yaw_deg\":", pose.yaw_deg, decimals::angle);
  append_field(out, ",\"pitch_deg\":", pose.pitch_deg, decimals::angle);
  append_field(out, ",\"roll_deg\":", pose.roll_deg, decimals::angle);
  out += ",\"translation_mm\":";
  append_numbers(out, {pose.translation_mm[0], pose.translation_mm[1], pose.translation_mm[2]}, decimals::position);
  append_field(out, ",\"reprojection_error_px\":", pose.reprojection_error_px, decimals::error);
  out += '}';
}

void append_quality(std::string& out, const FaceQuality& quality) {
  append_field(out, ",\"quality\":{\"size_px\":", quality.size_px, decimals::pixel);
  append_field(out, ",\"sharpness\":", quality.sharpness, decimals::share);
  append_field(out, ",\"exposure\":", quality.exposure, decimals::share);
  append_field(out, ",\"frontal\":", quality.frontal, decimals::share);
  append_field(out, ",\"overall\":", quality.overall, decimals::share);
  out += '}';
}

void append_landmarks(std::string& out, const Points& landmarks) {
  out += ",\"landmarks\":[";
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    if (i > 0) out += ',';
    append_numbers(out, {landmarks[i].x, landmarks[i].y}, decimals::pixel);
  }
  out += ']';
}

std::vector<std::string> keys(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const auto& name : names) result.push_back(json_string(name) + ':');
  return result;
}

void append_object(std::string& out, const std::vector<std::string>& keys, const std::vector<float>& values, int decimals) {
  out += '{';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    out += keys[i];
    append_number(out, values[i], decimals);
  }
  out += '}';
}

}  // namespace

ResultToJson::ResultToJson(const AnalysisInfo& info)
    : class_keys_(keys(info.class_names)), action_unit_keys_(keys(action_unit_names())) {}

void ResultToJson::append_probabilities(std::string& out, const char* name, const std::vector<float>& values) const {
  if (values.empty()) return;
  out += name;
  append_object(out, class_keys_, values, decimals::probability);
}

void ResultToJson::append_action_units(std::string& out, const std::vector<float>& values) const {
  if (values.empty()) return;
  out += ",\"action_units\":";
  append_object(out, action_unit_keys_, values, decimals::intensity);
}

void ResultToJson::append_face(std::string& out, const FaceResult& face) const {
  out += "{\"box\":";
  append_numbers(out, {face.box.x, face.box.y, face.box.width, face.box.height}, decimals::pixel);
  append_field(out, ",\"score\":", face.score, decimals::score);
  if (face.identity >= 0) out += ",\"identity\":" + std::to_string(face.identity);
  if (face.followed) out += ",\"followed\":true";
  if (face.label >= 0) {
    const std::string& key = class_keys_[static_cast<std::size_t>(face.label)];
    (out += ",\"label\":").append(key, 0, key.size() - 1);
    append_field(out, ",\"confidence\":", confidence_of(face), decimals::probability);
    out += face.uncertain ? ",\"uncertain\":true" : ",\"uncertain\":false";
  }
  append_probabilities(out, ",\"probabilities\":", face.probabilities);
  append_probabilities(out, ",\"raw_probabilities\":", face.raw_probabilities);
  if (face.valence) append_field(out, ",\"valence\":", *face.valence, decimals::affect);
  if (face.arousal) append_field(out, ",\"arousal\":", *face.arousal, decimals::affect);
  append_action_units(out, face.action_units);
  if (has_pose(face)) append_pose(out, face.pose);
  if (has_quality(face)) append_quality(out, face.quality);
  if (!face.landmarks.empty()) append_landmarks(out, face.landmarks);
  out += '}';
}

void ResultToJson::append(std::string& out, const FrameResult& frame) const {
  (out += "{\"source\":") += json_string(frame.source);
  if (!is_utf8(frame.source)) (out += ",\"source_encoded\":") += json_string(percent_encode(frame.source));
  out += frame.video ? ",\"video\":true,\"frame\":" : ",\"video\":false,\"frame\":";
  out += std::to_string(frame.frame);
  append_field(out, ",\"time_s\":", frame.time_s, decimals::time);
  out += ",\"width\":" + std::to_string(frame.width) + ",\"height\":" + std::to_string(frame.height) + ",\"faces\":[";
  for (std::size_t i = 0; i < frame.faces.size(); ++i) {
    if (i > 0) out += ',';
    append_face(out, frame.faces[i]);
  }
  out += ']';
  if (!frame.error.empty()) (out += ",\"error\":") += json_string(frame.error);
  out += '}';
}

}  // namespace mien
