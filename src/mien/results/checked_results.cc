// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/checked_results.h"

#include <fmt/format.h>

#include "mien/results/number_text.h"
#include "mien/base/utf8.h"
#include "mien/base/error.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

template <typename Number>
void round_to(Number& value, int decimals) {
  value = static_cast<Number>(round_decimals(value, decimals));
}

template <typename Values>
void round_all(Values& values, int decimals) {
  for (auto& value : values) round_to(value, decimals);
}

void round_face(FaceResult& face) {
  for (float* value : {&face.box.x, &face.box.y, &face.box.width, &face.box.height}) round_to(*value, decimals::pixel);
  round_to(face.score, decimals::score);
  for (auto& point : face.landmarks) {
    round_to(point.x, decimals::pixel);
    round_to(point.y, decimals::pixel);
  }
  for (double* value : {&face.pose.yaw_deg, &face.pose.pitch_deg, &face.pose.roll_deg}) round_to(*value, decimals::angle);
  for (int i = 0; i < 3; ++i) round_to(face.pose.translation_mm[i], decimals::position);
  round_to(face.pose.reprojection_error_px, decimals::error);
  round_to(face.quality.size_px, decimals::pixel);
  for (double* value : {&face.quality.sharpness, &face.quality.exposure, &face.quality.frontal, &face.quality.overall})
    round_to(*value, decimals::share);
  round_all(face.probabilities, decimals::probability);
  round_all(face.raw_probabilities, decimals::probability);
  if (face.valence) round_to(*face.valence, decimals::affect);
  if (face.arousal) round_to(*face.arousal, decimals::affect);
  round_all(face.action_units, decimals::intensity);
}

void check_face(const FaceResult& face, const AnalysisInfo& info, const FrameResult& frame) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::bad_data, fmt::format("result of {}, frame {}: {}", to_utf8(frame.source), frame.frame, what));
  };
  const auto count = [&](std::size_t found, std::size_t expected, const char* what) {
    if (found != 0 && found != expected) fail(fmt::format("expected {} {} or none, found {}", expected, what, found));
  };
  count(face.probabilities.size(), info.class_names.size(), "probabilities");
  count(face.raw_probabilities.size(), info.class_names.size(), "raw probabilities");
  count(face.landmarks.size(), 68, "landmarks");
  count(face.action_units.size(), action_unit_names().size(), "action units");
  if (face.label >= static_cast<int>(face.probabilities.size()))
    fail(fmt::format("label {} of {} probabilities", face.label, face.probabilities.size()));
}

}  // namespace

void check_result(const FrameResult& frame, const AnalysisInfo& info) {
  for (const auto& face : frame.faces) check_face(face, info, frame);
}

FrameResult rounded(FrameResult frame) {
  round_to(frame.time_s, decimals::time);
  if (!is_utf8(frame.error)) frame.error = to_utf8(frame.error);
  for (auto& face : frame.faces) round_face(face);
  return frame;
}

}  // namespace mien
