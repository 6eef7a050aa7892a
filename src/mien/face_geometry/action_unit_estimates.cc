// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/action_unit_estimates.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/face_geometry/head_fit.h"

namespace mien {

namespace {

using M = FaceMeasures;

/// Median measures of the 788 pictures among those of head_model.cc in which at least 7 of 10 FER+ annotators saw a neutral face,
/// left and right averaged.
const FaceMeasures& average_face() {
  static const FaceMeasures average = {{0.227, 0.227, 0.207, 0.207, 0.061, 0.061, 0.032, 0.032, 0.285, 0.285, 0.243, 0.243, 0.267,
                                        0.061, 0.107, 0.016, 0.355, 0.666}};
  return average;
}

double positive(double x) { return std::max(0.0, x); }

/// How a face differs from its rest; "most" is the stronger of the two sides.
class Change {
 public:
  Change(const FaceMeasures& now, const FaceMeasures& rest) : now_(now), rest_(rest) {}

  double operator[](M::Index i) const { return now_[i] - rest_[i]; }
  double most(M::Index left) const { return std::max((*this)[left], (*this)[right_of(left)]); }
  double mean(M::Index left) const { return 0.5 * ((*this)[left] + (*this)[right_of(left)]); }
  /// Mean change of both sides as a share of their mean at rest.
  double share(M::Index left) const { return 2 * mean(left) / std::max(0.01, rest_[left] + rest_[right_of(left)]); }

 private:
  static M::Index right_of(M::Index left) { return static_cast<M::Index>(left + 1); }
  FaceMeasures now_, rest_;
};

double corner_raise(const Change& d) { return std::max(-d[M::corner_down_left], -d[M::corner_down_right]); }

double smile(const Change& d) {
  return std::max(0.5 * d[M::corner_out_left] - d[M::corner_down_left], 0.5 * d[M::corner_out_right] - d[M::corner_down_right]);
}

double stretch(const Change& d) {
  const auto side = [&](M::Index out, M::Index down) { return d[out] - 1.5 * positive(-d[down]); };
  return std::max(side(M::corner_out_left, M::corner_down_left), side(M::corner_out_right, M::corner_down_right));
}

struct Rule {
  std::size_t position;  ///< in action_unit_names()
  double gain;           ///< intensity for a movement of 1
  double (*movement)(const Change&);
};

/// What each muscle does to the points (Ekman and Friesen's manual, 1978), as movements that grow with it. The gains bring
/// intensities on drawn faces to the scale 0..5 (least squares through the origin).
constexpr Rule kRules[] = {
    {0, 45, [](const Change& d) { return d.most(M::brow_inner_left) - 0.35 * d[M::brow_gap]; }},  // 1: with 4 it also draws in
    {1, 58, [](const Change& d) { return d.most(M::brow_outer_left); }},                          // 2
    {2, 44, [](const Change& d) { return -d[M::brow_gap]; }},                                     // 4
    {3, 120, [](const Change& d) { return d.most(M::upper_lid_left); }},                          // 5
    // 7: a smile lifts the lower lid too
    {5, 124, [](const Change& d) { return -d.mean(M::lower_lid_left) - 0.3 * positive(corner_raise(d)); }},
    {8, 21, smile},  // 12
    // 15: an opening jaw takes the corners down too
    {10, 39, [](const Change& d) { return d.most(M::corner_down_left) - 0.4 * d[M::mouth_gap] - 0.3 * d[M::chin_down]; }},
    {12, 17, stretch},  // 20
    // 23: a wide mouth has thin lips too
    {13, 67,
     [](const Change& d) {
       return -d[M::upper_lip] - d[M::lower_lip] - 0.3 * positive(std::max(d[M::corner_out_left], d[M::corner_out_right]));
     }},
    {14, 21, [](const Change& d) { return d[M::mouth_gap]; }},                     // 25
    {15, 19, [](const Change& d) { return d[M::lower_lip_down]; }},                // 26
    {17, 4.7, [](const Change& d) { return -d.share(M::upper_lid_left) - 0.3; }},  // 45: less is a lowered gaze
};

std::vector<float> estimate(const FaceMeasures& now, const FaceMeasures& rest) {
  const Change change(now, rest);
  std::vector<float> intensities(18, std::numeric_limits<float>::quiet_NaN());
  for (const auto& rule : kRules)
    intensities[rule.position] = static_cast<float>(std::clamp(rule.gain * rule.movement(change), 0.0, 5.0));
  return intensities;
}

}  // namespace

FaceMeasures measure_face(const Points& points68) {
  const Points p = frontal_points(points68);
  const auto y = [&](std::size_t a, std::size_t b) { return 0.5 * (p[a].y + p[b].y); };
  const cv::Point2f base = p[33];
  FaceMeasures m;
  m.values = {y(36, 39) - y(20, 21), y(42, 45) - y(22, 23), y(36, 39) - y(17, 18), y(42, 45) - y(25, 26), y(36, 39) - y(37, 38),
              y(42, 45) - y(43, 44), y(40, 41) - y(36, 39), y(46, 47) - y(42, 45), base.x - p[48].x,      p[54].x - base.x,
              p[48].y - base.y,      p[54].y - base.y,      p[22].x - p[21].x,     p[62].y - p[51].y,     p[57].y - p[66].y,
              p[66].y - p[62].y,     p[57].y - base.y,      p[8].y - base.y};
  return m;
}

void NeutralBaseline::add(const Points& points68) {
  FaceMeasures m;
  try {
    m = measure_face(points68);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::bad_data) return;
    throw;
  }
  for (std::size_t i = 0; i < sorted_.size(); ++i)
    sorted_[i].insert(std::lower_bound(sorted_[i].begin(), sorted_[i].end(), m.values[i]), m.values[i]);
}

FaceMeasures NeutralBaseline::measures() const {
  if (!ready()) throw Error(ErrorCode::usage, "neutral baseline: no face was added yet");
  FaceMeasures m;
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    const std::size_t n = sorted_[i].size();
    m.values[i] = 0.5 * (sorted_[i][(n - 1) / 2] + sorted_[i][n / 2]);
  }
  return m;
}

std::vector<float> estimate_action_units(const Points& points68, const FaceMeasures& neutral) { return estimate(measure_face(points68), neutral); }

std::vector<float> estimate_action_units(const Points& points68, const NeutralBaseline& neutral) {
  return estimate_action_units(points68, neutral.measures());
}

std::vector<float> estimate_action_units(const Points& points68) { return estimate(measure_face(points68), average_face()); }

}  // namespace mien
