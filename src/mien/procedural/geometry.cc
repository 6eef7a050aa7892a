// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/geometry.h"

#include <algorithm>
#include <cmath>

namespace mien::procedural {

namespace {

constexpr double kRotationHeight = 0.3;   ///< the head turns about this height
constexpr double kCheekRoundness = 0.95;  ///< depth of a horizontal section over its half width

double sign_of(int s) { return s == 0 ? -1.0 : 1.0; }

/// Depth of the outline's ring: by the ears near the plane of the ears, at the chin far in front.
double ring_depth(const Identity& id, double x) {
  const double share = x / id.face_width;
  return 0.05 + 0.55 * std::max(0.0, 1 - share * share);
}

void shape_jaw(const Identity& id, const FacialAction& action, HeadLandmarks& face) {
  const double w = id.face_width;
  const Curve half = spline<cv::Point2d>({{w * 0.99, -0.08},
                                          {w, 0.22},
                                          {w * 0.965, 0.55},
                                          {id.jaw_width, 1.02},
                                          {id.chin_width, id.chin_y - 0.07},
                                          {0, id.chin_y},
                                          {-id.chin_width, id.chin_y - 0.07}},
                                         12);
  const Curve points = equidistant(Curve(half.begin(), half.begin() + 5 * 12 + 1), 9);
  const double drop = 0.24 * action.mean(jaw_drop), raise = 0.035 * action.mean(chin_raiser);
  for (int i = 0; i <= 8; ++i) {
    const cv::Point2d p = points[static_cast<std::size_t>(i)];
    const double share = p.x / w, lower = std::clamp((p.y - 0.45) / (id.chin_y - 0.45), 0.0, 1.0);
    const double y = p.y + drop * lower * lower * (1 - 0.35 * share * share) - raise * std::max(0.0, 1 - 4 * share * share);
    const double x = p.x * (1 - 0.05 * action.mean(jaw_drop) * lower);
    face[static_cast<std::size_t>(16 - i)] = {x, y, ring_depth(id, p.x)};
    face[static_cast<std::size_t>(i)] = {-x, y, ring_depth(id, p.x)};
  }
}

/// Point k = 0 (inner) .. 4 (outer) of a brow, on the right half.
cv::Point2d brow_point(const Identity& id, const FacialAction& action, int s, int k) {
  static constexpr double inner_weight[5] = {1.0, 0.72, 0.34, 0.06, 0.0}, outer_weight[5] = {0.08, 0.28, 0.7, 1.0, 0.75};
  static constexpr double lower_weight[5] = {1.0, 0.85, 0.6, 0.3, 0.1}, arch[5] = {0.0, 0.6, 1.0, 0.75, -0.3};
  const double inner = action(inner_brow_raiser, s), outer = action(outer_brow_raiser, s), wrinkle = action(nose_wrinkler, s);
  // The two pull against each other at the inner end: together they lift it and draw it in (sadness, fear).
  const double lower = action(brow_lowerer, s) * (1 - 0.75 * inner);
  const double x = id.eye_x + id.brow_length * (-1 + 0.5 * k) + 0.02;
  const double y = -id.brow_y - id.brow_arch * arch[k];
  const double draw_in = (0.065 * action(brow_lowerer, s) + 0.02 * wrinkle) * (1 - 0.22 * k);
  return {x - draw_in, y - 0.17 * inner * inner_weight[k] - 0.13 * outer * outer_weight[k] + 0.15 * lower * lower_weight[k] +
                           0.07 * wrinkle * lower_weight[k] +
                           0.025 * (action(cheek_raiser, s) * 0.5 + action(lid_tightener, s) * 0.5)};
}

void shape_brows(const Identity& id, const FacialAction& action, HeadLandmarks& face) {
  for (int s = 0; s < 2; ++s)
    for (int k = 0; k < 5; ++k) {
      const cv::Point2d p = brow_point(id, action, s, k);
      const double x = sign_of(s) * p.x;
      face[static_cast<std::size_t>(s == 0 ? 21 - k : 22 + k)] = {x, p.y, surface_depth(id, x, p.y)};
    }
}

void shape_eyes(const Identity& id, const FacialAction& action, HeadLandmarks& face) {
  for (int s = 0; s < 2; ++s) {
    const double raise = action(upper_lid_raiser, s), tight = action(lid_tightener, s), cheek = action(cheek_raiser, s);
    const double lowered = action(brow_lowerer, s), wrinkle = action(nose_wrinkler, s);
    double lower = 0.068 * (1 - 0.5 * tight) * (1 - 0.45 * cheek) * (1 - 0.3 * wrinkle) + 0.012 * raise;
    double upper = id.eye_open * (1 + 0.6 * raise) * (1 - 0.2 * tight) * (1 - 0.22 * cheek) * (1 - 0.15 * lowered * (1 - raise)) *
                   (1 - 0.3 * wrinkle);
    upper += (-lower - upper) * std::clamp(action(blink, s), 0.0, 1.0);
    const double slant = 0.03 * action(inner_brow_raiser, s) * (1 - action(outer_brow_raiser, s)) -
                         0.02 * lowered * (1 - action(inner_brow_raiser, s));
    const double sg = sign_of(s), w = id.eye_width;
    const auto place = [&](double along, double y) {  // along: -1 inner .. 1 outer corner
      const double x = sg * (id.eye_x + along * w);
      return HeadPoint(x, y - id.eye_tilt * along, surface_depth(id, x, 0) - 0.05);
    };
    const HeadPoint outer = place(1, 0), inner = place(-1, 0.015);
    const HeadPoint upper_outer = place(0.36, -upper + slant), upper_inner = place(-0.36, -upper - slant);
    const HeadPoint lower_outer = place(0.36, lower - 0.006 * cheek), lower_inner = place(-0.36, lower);
    if (s == 0) {
      face[36] = outer, face[37] = upper_outer, face[38] = upper_inner, face[39] = inner, face[40] = lower_inner,
      face[41] = lower_outer;
    } else {
      face[42] = inner, face[43] = upper_inner, face[44] = upper_outer, face[45] = outer, face[46] = lower_outer,
      face[47] = lower_inner;
    }
  }
}

void shape_nose(const Identity& id, const FacialAction& action, HeadLandmarks& face) {
  const double base = surface_depth(id, 0, id.nose_y);
  for (int i = 0; i < 4; ++i) {
    const double t = i / 3.0, y = 0.02 + (id.nose_y - 0.15) * t;
    face[static_cast<std::size_t>(27 + i)] = {0, y - 0.03 * t * action.mean(nose_wrinkler), base + 0.02 + 0.26 * t};
  }
  static constexpr double across[5] = {-0.82, -0.42, 0, 0.42, 0.82}, down[5] = {-0.035, 0.0, 0.03, 0.0, -0.035};
  static constexpr double forward[5] = {0.06, 0.12, 0.17, 0.12, 0.06};
  for (int i = 0; i < 5; ++i) {
    const auto pull = [&](ActionUnit unit) { return i == 2 ? action.mean(unit) : action(unit, i < 2 ? 0 : 1); };
    const double wrinkle = pull(nose_wrinkler), lift = pull(upper_lip_raiser), smile = pull(lip_corner_puller);
    const double width = id.nose_width * (1 + 0.13 * wrinkle + 0.1 * smile + 0.08 * lift);
    const double rise = (0.075 * wrinkle + 0.03 * lift + 0.015 * smile) * (i == 2 ? 0.5 : 1);
    face[static_cast<std::size_t>(31 + i)] = {across[i] * width, id.nose_y + down[i] - rise, base + forward[i]};
  }
}

/// Everything that decides the mouth's curves, from the person and the muscles.
struct MouthForm {
  double half_width[2], corner_y[2];  ///< by side; y relative to the resting mouth
  double centre_y, gap_up, gap_down, upper, lower;
  double gap_round;  ///< exponent of the opening's profile: small = square, large = pointed
};

MouthForm mouth_form(const Identity& id, const FacialAction& action) {
  const double part = action.mean(lips_part), drop = action.mean(jaw_drop), raise = action.mean(upper_lip_raiser);
  const double chin = action.mean(chin_raiser), stretch = action.mean(lip_stretcher), tight = action.mean(lip_tightener);
  const double suck = action.mean(lip_suck), smile = action.mean(lip_corner_puller), wrinkle = action.mean(nose_wrinkler);
  const double opening = std::max(part, 0.9 * drop);
  MouthForm mouth{};
  for (int s = 0; s < 2; ++s) {
    const double pull = action(lip_corner_puller, s), dimple = action(dimpler, s), frown = action(lip_corner_depressor, s);
    mouth.half_width[s] = id.mouth_width * (1 + 0.36 * pull + 0.14 * dimple + 0.36 * action(lip_stretcher, s) - 0.12 * tight -
                                            0.3 * drop * (1 - stretch) * (1 - pull) - 0.06 * suck - 0.06 * chin);
    mouth.corner_y[s] =
        -0.012 - 0.17 * pull - 0.06 * dimple + 0.16 * frown + 0.06 * action(lip_stretcher, s) + 0.13 * drop * (1 - pull);
  }
  mouth.centre_y = -0.05 * chin - 0.045 * raise * (1 - part) - 0.02 * wrinkle + 0.03 * smile * (1 - opening) + 0.045 * drop;
  mouth.gap_up =
      0.025 * part + 0.06 * drop * (1 - smile) + 0.065 * raise * opening + 0.03 * wrinkle * opening + 0.025 * smile * opening;
  mouth.gap_down = 0.055 * part + 0.24 * drop + 0.075 * smile * opening + 0.02 * stretch * opening;
  const double thin = (1 - 0.55 * tight) * (1 - 0.9 * suck) * (1 - 0.3 * stretch);
  mouth.upper = id.lip_upper * thin * (1 - 0.35 * smile) * (1 - 0.15 * raise);
  mouth.lower = id.lip_lower * thin * (1 - 0.25 * smile) * (1 + 0.12 * chin);
  mouth.gap_round = 0.75 - 0.3 * std::max(std::max(stretch, 0.8 * drop), 0.6 * raise) + 0.1 * smile;
  return mouth;
}

void shape_mouth(const Identity& id, const FacialAction& action, HeadLandmarks& face) {
  static constexpr double kInner = 0.84;  // the inner corners, as a share of the outer ones' distance
  const MouthForm mouth = mouth_form(id, action);
  const auto along = [&](double u) { return u * mouth.half_width[u < 0 ? 0 : 1]; };
  const auto seam = [&](double u) {
    const double corner = mouth.corner_y[u < 0 ? 0 : 1];
    return id.mouth_y + mouth.centre_y + (corner - mouth.centre_y) * std::pow(std::abs(u), 1.6);
  };
  const auto open = [&](double u) { return std::pow(std::max(0.0, 1 - (u / kInner) * (u / kInner)), mouth.gap_round); };
  const auto set = [&](int i, double u, double dy) {
    const double x = along(u), y = seam(u) + dy;
    face[static_cast<std::size_t>(i)] = {x, y, surface_depth(id, x, y) + 0.07 * (1 - u * u)};
  };
  static constexpr double upper_u[7] = {-1, -0.6, -0.24, 0, 0.24, 0.6, 1}, upper_thick[7] = {0, 0.68, 1.06, 0.88, 1.06, 0.68, 0};
  for (int i = 0; i < 7; ++i) set(48 + i, upper_u[i], -mouth.gap_up * open(upper_u[i]) - mouth.upper * upper_thick[i]);
  static constexpr double lower_u[5] = {0.6, 0.27, 0, -0.27, -0.6}, lower_thick[5] = {0.66, 0.97, 1, 0.97, 0.66};
  for (int i = 0; i < 5; ++i) set(55 + i, lower_u[i], mouth.gap_down * open(lower_u[i]) + mouth.lower * lower_thick[i]);
  static constexpr double inner_u[5] = {-kInner, -0.38, 0, 0.38, kInner};
  for (int i = 0; i < 5; ++i) set(60 + i, inner_u[i], -mouth.gap_up * open(inner_u[i]));
  for (int i = 0; i < 3; ++i) set(65 + i, inner_u[3 - i], mouth.gap_down * open(inner_u[3 - i]));
}

}  // namespace

double surface_depth(const Identity& id, double x, double y) {
  const double share = std::min(1.0, std::abs(x) / (1.03 * id.face_width));
  const double back = y < 0 ? 0.16 * y * y : 0.05 * y * y;
  return std::max(0.0, 0.78 * std::sqrt(1 - share * share) - back);
}

HeadLandmarks shape_face(const Identity& id, const FacialAction& action) {
  HeadLandmarks face;
  shape_jaw(id, action, face);
  shape_brows(id, action, face);
  shape_eyes(id, action, face);
  shape_nose(id, action, face);
  shape_mouth(id, action, face);
  return face;
}

std::vector<HeadPoint> forehead_outline(const Identity& id) {
  const double w = id.face_width, h = id.forehead;
  std::vector<HeadPoint> points;
  for (const auto& [x, y] : {std::pair{0.97, 0.32}, {0.9, 0.6}, {0.7, 0.86}, {0.4, 0.98}, {0.0, 1.02}})
    points.emplace_back(x * w, -y * h, 0.02 + 0.3 * (1 - x));
  for (std::size_t i = points.size() - 1; i-- > 0;) points.emplace_back(-points[i].x, points[i].y, points[i].z);
  return points;
}

View::View(const Pose& pose, double scale, cv::Point2d centre_px)
    : yaw_(pose.yaw_deg * CV_PI / 180),
      pitch_(pose.pitch_deg * CV_PI / 180),
      roll_(pose.roll_deg * CV_PI / 180),
      scale_(scale),
      centre_(centre_px) {}

cv::Point2d View::place(double x, double y, double z) const {
  const double tilted = y * std::cos(pitch_) + z * std::sin(pitch_);
  return centre_ +
         scale_ * cv::Point2d(x * std::cos(roll_) - tilted * std::sin(roll_), x * std::sin(roll_) + tilted * std::cos(roll_));
}

cv::Point2d View::project(const HeadPoint& p) const {
  const double x = p.x * std::cos(yaw_) + p.z * std::sin(yaw_), z = p.z * std::cos(yaw_) - p.x * std::sin(yaw_);
  return place(x, p.y - kRotationHeight, z);
}

cv::Point2d View::project_outline(const HeadPoint& p) const {
  const double c = std::cos(yaw_), s = std::sin(yaw_);
  double x = p.x * c;
  if (p.x * s > 0) x = std::copysign(std::hypot(p.x * c, kCheekRoundness * p.x * s), p.x);
  return place(x + p.z * s, p.y - kRotationHeight, p.z * c);
}

Curve View::project(const std::vector<HeadPoint>& points) const {
  Curve curve;
  for (const auto& p : points) curve.push_back(project(p));
  return curve;
}

Curve View::project_outline(const std::vector<HeadPoint>& points) const {
  Curve curve;
  for (const auto& p : points) curve.push_back(project_outline(p));
  return curve;
}

cv::Point2d View::down() const { return {-std::sin(roll_), std::cos(roll_)}; }

std::array<cv::Point2d, 68> project_landmarks(const View& view, const HeadLandmarks& landmarks) {
  std::array<cv::Point2d, 68> points;
  for (std::size_t i = 0; i < 68; ++i) points[i] = i < 17 ? view.project_outline(landmarks[i]) : view.project(landmarks[i]);
  return points;
}

}  // namespace mien::procedural
