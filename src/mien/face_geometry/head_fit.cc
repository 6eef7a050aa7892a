// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/head_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/face_geometry/head_model.h"

namespace mien {

namespace {

constexpr int kPoints = 68;

cv::Vec3d model_point(std::size_t i) {
  const cv::Point3d& p = head_model_mm()[i];
  return {p.x, p.y, p.z};
}

/// Image coordinates divided by the focal length, from the principal point.
std::array<cv::Vec2d, kPoints> normalised(const Points& points, const PinholeCamera& camera) {
  std::array<cv::Vec2d, kPoints> rays;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const cv::Point2d p = (cv::Point2d(points[i]) - camera.centre_px) * (1 / camera.focal_px);
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) throw Error(ErrorCode::bad_data, "head pose: a landmark is not finite");
    rays[i] = {p.x, p.y};
  }
  return rays;
}

/// Start: the scaled orthographic camera that fits best (linear, so there is one answer and nothing to jump between).
HeadPlacement scaled_orthographic(const std::array<cv::Vec2d, kPoints>& rays) {
  const auto& weights = head_model_weights();
  cv::Vec3d mean_model;
  cv::Vec2d mean_ray;
  double sum = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    mean_model += weights[i] * model_point(i);
    mean_ray += weights[i] * rays[i];
    sum += weights[i];
  }
  mean_model *= 1 / sum;
  mean_ray *= 1 / sum;
  cv::Matx33d normal = cv::Matx33d::zeros();
  cv::Matx<double, 2, 3> mixed = cv::Matx<double, 2, 3>::zeros();
  for (std::size_t i = 0; i < kPoints; ++i) {
    const cv::Vec3d p = model_point(i) - mean_model;
    const cv::Vec2d q = rays[i] - mean_ray;
    normal += weights[i] * (p * p.t());
    mixed += weights[i] * (q * p.t());
  }
  const cv::Matx<double, 2, 3> rows = mixed * normal.inv(cv::DECOMP_CHOLESKY);
  const cv::Vec3d a(rows(0, 0), rows(0, 1), rows(0, 2)), b(rows(1, 0), rows(1, 1), rows(1, 2));
  const double scale = 0.5 * (cv::norm(a) + cv::norm(b));
  if (!(scale > 1e-9) || cv::norm(a.cross(b)) < 1e-3 * scale * scale)
    throw Error(ErrorCode::bad_data, "head pose: the landmarks lie on one point or line");
  // The nearest pair of orthogonal unit vectors treats both rows alike.
  const cv::Vec3d u = a * (1 / cv::norm(a)), v = b * (1 / cv::norm(b));
  const cv::Vec3d plus = cv::normalize(u + v), minus = cv::normalize(u - v);
  const double half = std::sqrt(0.5);
  const cv::Vec3d x = half * (plus + minus), y = half * (plus - minus), z = x.cross(y);
  const cv::Matx33d rotation(x[0], x[1], x[2], y[0], y[1], y[2], z[0], z[1], z[2]);
  const double depth = 1 / scale;
  return {rotation, cv::Vec3d(mean_ray[0] * depth, mean_ray[1] * depth, depth) - rotation * mean_model, 0};
}

cv::Matx33d rotation_about(const cv::Vec3d& axis_angle) {
  const double angle = cv::norm(axis_angle);
  if (angle < 1e-12) return cv::Matx33d::eye();
  const cv::Vec3d k = axis_angle * (1 / angle);
  const cv::Matx33d cross(0, -k[2], k[1], k[2], 0, -k[0], -k[1], k[0], 0);
  return cv::Matx33d::eye() + std::sin(angle) * cross + (1 - std::cos(angle)) * (cross * cross);
}

double cost_of(const HeadPlacement& place, const std::array<cv::Vec2d, kPoints>& rays) {
  double cost = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const cv::Vec3d p = place.rotation * model_point(i) + place.translation;
    if (p[2] <= 1) return std::numeric_limits<double>::infinity();
    const double dx = p[0] / p[2] - rays[i][0], dy = p[1] / p[2] - rays[i][1];
    cost += head_model_weights()[i] * (dx * dx + dy * dy);
  }
  return cost;
}

/// Normal equations of the reprojection error for a small turn (left of the rotation) and a small shift.
void linearise(const HeadPlacement& place, const std::array<cv::Vec2d, kPoints>& rays, cv::Matx66d& normal, cv::Vec6d& gradient) {
  normal = cv::Matx66d::zeros();
  gradient = cv::Vec6d::all(0);
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double weight = head_model_weights()[i];
    if (weight == 0) continue;
    const cv::Vec3d r = place.rotation * model_point(i), p = r + place.translation;
    const double iz = 1 / p[2], u = p[0] * iz, v = p[1] * iz;
    // d(u,v)/dp times dp = turn x r + shift
    const cv::Vec3d du(iz, 0, -u * iz), dv(0, iz, -v * iz);
    const cv::Vec3d tu = r.cross(du), tv = r.cross(dv);
    const cv::Vec6d ju(tu[0], tu[1], tu[2], du[0], du[1], du[2]), jv(tv[0], tv[1], tv[2], dv[0], dv[1], dv[2]);
    normal += weight * (ju * ju.t() + jv * jv.t());
    gradient += weight * ((rays[i][0] - u) * ju + (rays[i][1] - v) * jv);
  }
}

/// Levenberg-Marquardt on the weighted reprojection error.
HeadPlacement refine(HeadPlacement place, const std::array<cv::Vec2d, kPoints>& rays) {
  double cost = cost_of(place, rays), damping = 1e-4;
  for (int step = 0; step < 30; ++step) {
    cv::Matx66d normal;
    cv::Vec6d gradient;
    linearise(place, rays, normal, gradient);
    for (int k = 0; k < 6; ++k) normal(k, k) *= 1 + damping;
    const cv::Vec6d change = normal.solve(gradient, cv::DECOMP_CHOLESKY);
    const HeadPlacement next{rotation_about({change[0], change[1], change[2]}) * place.rotation,
                             place.translation + cv::Vec3d(change[3], change[4], change[5]), 0};
    const double next_cost = cost_of(next, rays);
    if (!(next_cost <= cost)) {
      damping *= 10;
      if (damping > 1e8) break;
      continue;
    }
    const bool settled = cost - next_cost <= 1e-12 * cost || cost < 1e-24;
    place = next;
    cost = next_cost;
    damping = std::max(1e-12, damping * 0.1);
    if (settled) break;
  }
  return place;
}

double weight_sum() {
  double sum = 0;
  for (const double weight : head_model_weights()) sum += weight;
  return sum;
}

}  // namespace

HeadPlacement fit_head(const Points& points68, const PinholeCamera& camera) {
  require_68(points68, "head pose");
  const auto rays = normalised(points68, camera);
  HeadPlacement place = refine(scaled_orthographic(rays), rays);
  place.error_px = camera.focal_px * std::sqrt(cost_of(place, rays) / weight_sum());
  if (!std::isfinite(place.error_px))
    throw Error(ErrorCode::bad_data, "head pose: no head in front of the camera fits the landmarks");
  return place;
}

Points frontal_points(const Points& points68) {
  require_68(points68, "frontal_points");
  const cv::Rect2f box = bounding_box(points68);
  // From far away: the measures should not depend on a guess of the camera.
  const PinholeCamera far{50.0 * std::max(1.f, box.width + box.height), {box.x + 0.5 * box.width, box.y + 0.5 * box.height}};
  const HeadPlacement place = fit_head(points68, far);
  const cv::Matx33d& r = place.rotation;
  const double determinant = r(0, 0) * r(1, 1) - r(0, 1) * r(1, 0);
  if (std::abs(determinant) < 0.05) throw Error(ErrorCode::bad_data, "frontal_points: the face is seen from the side");
  std::array<cv::Point2d, kPoints> plane;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double z = head_model_mm()[i].z, mm = place.translation[2] / far.focal_px;
    const double u = (points68[i].x - far.centre_px.x) * mm - place.translation[0] - r(0, 2) * z;
    const double v = (points68[i].y - far.centre_px.y) * mm - place.translation[1] - r(1, 2) * z;
    plane[i] = {(u * r(1, 1) - v * r(0, 1)) / determinant, (v * r(0, 0) - u * r(1, 0)) / determinant};
  }
  const cv::Point2d middle = 0.25 * (plane[36] + plane[39] + plane[42] + plane[45]);
  const double unit = cv::norm(plane[45] - plane[36]);
  Points frontal;
  for (const auto& p : plane) frontal.emplace_back((p - middle) * (1 / unit));
  return frontal;
}

}  // namespace mien
