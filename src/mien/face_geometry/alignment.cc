// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/alignment.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/face_geometry/shrink.h"

namespace mien {

namespace {

Points shares_of_112(const Points& pixels) {
  Points shares;
  for (const auto& p : pixels) shares.emplace_back((p.x + 0.5f) / 112, (p.y + 0.5f) / 112);
  return shares;
}

const std::vector<AlignmentTemplate>& templates() {
  static const std::vector<AlignmentTemplate> all = {
      // Deng et al., ArcFace (CVPR 2019): pixels of a 112x112 crop, pixel centres at integers.
      {"arcface",
       shares_of_112(
           {{38.2946f, 51.6963f}, {73.5318f, 51.5014f}, {56.0252f, 71.7366f}, {41.5493f, 92.3655f}, {70.7299f, 92.2041f}})},
      // Medians over the 3479 of 5000 randomly chosen FER+ training pictures in which dlib 19.24 finds a face (enlarged from 48
      // to
      // 192 pixels, 68 points), made symmetric. A picture's own points lie 0.07 (standard deviation) around them.
      {"fer", {{0.315f, 0.396f}, {0.685f, 0.396f}, {0.5f, 0.591f}, {0.344f, 0.773f}, {0.656f, 0.773f}}},
      // The report names the three points and not where they go.
      {"three", {{0.32f, 0.40f}, {0.68f, 0.40f}, {0.50f, 0.79f}}},
  };
  return all;
}

/// Sums of two matched point sets about their means.
struct Moments {
  cv::Point2d mean_from, mean_to;
  std::vector<cv::Point2d> from, to;  ///< centred
  double spread = 0;                  ///< sum of squares of `from`
};

Moments centred(const Points& from, const Points& to, std::size_t at_least) {
  if (from.size() != to.size() || from.size() < at_least)
    throw Error(ErrorCode::usage, "alignment: expected two equal numbers of at least " + std::to_string(at_least) +
                                      " points, got " + std::to_string(from.size()) + " and " + std::to_string(to.size()));
  Moments m;
  const double share = 1.0 / static_cast<double>(from.size());
  for (const auto& p : from) m.mean_from += cv::Point2d(p) * share;
  for (const auto& p : to) m.mean_to += cv::Point2d(p) * share;
  for (std::size_t i = 0; i < from.size(); ++i) {
    m.from.push_back(cv::Point2d(from[i]) - m.mean_from);
    m.to.push_back(cv::Point2d(to[i]) - m.mean_to);
    m.spread += m.from.back().dot(m.from.back());
  }
  if (!std::isfinite(m.spread + m.mean_to.x + m.mean_to.y)) throw Error(ErrorCode::bad_data, "alignment: a point is not finite");
  // Points are floats: what remains below their rounding is no distance.
  const double rounding = 1e-6 * (std::abs(m.mean_from.x) + std::abs(m.mean_from.y));
  if (m.spread <= rounding * rounding) throw Error(ErrorCode::bad_data, "alignment: all points coincide");
  return m;
}

Affine with_shift(double a, double b, double c, double d, const Moments& m) {
  return {a, b, m.mean_to.x - a * m.mean_from.x - b * m.mean_from.y, c, d, m.mean_to.y - c * m.mean_from.x - d * m.mean_from.y};
}

Points three_points(const Points& points) {
  if (points.size() == 3) return points;
  const auto five = five_points(points);
  return {five[0], five[1], (five[3] + five[4]) * 0.5f};
}

Points chosen_points(const Points& points, std::size_t count) {
  if (count == 3) return three_points(points);
  const auto five = five_points(points);
  return {five.begin(), five.end()};
}

void require_image(const cv::Mat& image, int width, int height) {
  if (image.empty() || image.depth() != CV_8U || (image.channels() != 1 && image.channels() != 3))
    throw Error(ErrorCode::usage, "alignment: expected an 8-bit image with 1 or 3 channels");
  if (width < 1 || height < 1 || width > 16384 || height > 16384)
    throw Error(ErrorCode::usage, "alignment: a crop of " + std::to_string(width) + " x " + std::to_string(height) + " pixels");
}

/// The source pixels that a crop may read, with `border` more on each side.
cv::Rect footprint(const Affine& to_source, int width, int height, int border, cv::Size image) {
  const auto w = static_cast<float>(width), h = static_cast<float>(height);
  const cv::Rect2f box = bounding_box(apply_affine(to_source, {{-1, -1}, {w, -1}, {-1, h}, {w, h}}));
  const auto inside = [](double value, int size) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(size))); };
  const int left = inside(std::floor(box.x) - border, image.width), top = inside(std::floor(box.y) - border, image.height);
  const int right = inside(std::ceil(box.x + box.width) + border + 1, image.width);
  const int bottom = inside(std::ceil(box.y + box.height) + border + 1, image.height);
  return {left, top, right - left, bottom - top};
}

}  // namespace

const AlignmentTemplate& alignment_template(const std::string& name) {
  for (const auto& entry : templates())
    if (entry.name == name) return entry;
  throw Error(ErrorCode::usage, "unknown alignment template '" + name + "'", suggestion(name, alignment_template_names()));
}

std::vector<std::string> alignment_template_names() {
  std::vector<std::string> names;
  for (const auto& entry : templates()) names.push_back(entry.name);
  return names;
}

AlignmentKind alignment_kind(const std::string& name) {
  if (name == "similarity") return AlignmentKind::similarity;
  if (name == "upright") return AlignmentKind::upright;
  if (name == "affine") return AlignmentKind::affine;
  throw Error(ErrorCode::usage, "unknown alignment '" + name + "'", suggestion(name, {"similarity", "upright", "affine"}));
}

Affine fit_similarity(const Points& from, const Points& to) {
  const Moments m = centred(from, to, 2);
  double a = 0, b = 0;
  for (std::size_t i = 0; i < m.from.size(); ++i) {
    a += m.from[i].dot(m.to[i]);
    b += m.from[i].cross(m.to[i]);
  }
  return with_shift(a / m.spread, -b / m.spread, b / m.spread, a / m.spread, m);
}

Affine fit_upright(const Points& from, const Points& to) {
  const Moments m = centred(from, to, 2);
  double sum = 0;
  for (std::size_t i = 0; i < m.from.size(); ++i) sum += m.from[i].dot(m.to[i]);
  if (sum <= 0) throw Error(ErrorCode::bad_data, "alignment: the points are turned by 90 degrees or more, no upright map fits");
  const double scale = sum / m.spread;
  return with_shift(scale, 0, 0, scale, m);
}

Affine fit_affine(const Points& from, const Points& to) {
  const Moments m = centred(from, to, 3);
  double xx = 0, xy = 0, yy = 0, xu = 0, yu = 0, xv = 0, yv = 0;
  for (std::size_t i = 0; i < m.from.size(); ++i) {
    const cv::Point2d p = m.from[i], q = m.to[i];
    xx += p.x * p.x, xy += p.x * p.y, yy += p.y * p.y;
    xu += p.x * q.x, yu += p.y * q.x, xv += p.x * q.y, yv += p.y * q.y;
  }
  const double determinant = xx * yy - xy * xy;
  if (determinant <= 1e-10 * m.spread * m.spread) throw Error(ErrorCode::bad_data, "alignment: the points lie on one line");
  return with_shift((xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant, (xv * yy - yv * xy) / determinant,
                    (yv * xx - xv * xy) / determinant, m);
}

Affine align_points(const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width, int height,
                    double margin) {
  if (!(margin > -0.5)) throw Error(ErrorCode::usage, "alignment: the margin must be above -0.5");
  const double side = height, left = 0.5 * (width - side);
  Points to;
  for (const auto& share : target.points) {
    const double x = (share.x + margin) / (1 + 2 * margin), y = (share.y + margin) / (1 + 2 * margin);
    to.emplace_back(static_cast<float>(left + x * side - 0.5), static_cast<float>(y * side - 0.5));
  }
  const Points from = chosen_points(points, to.size());
  if (kind == AlignmentKind::upright) return fit_upright(from, to);
  return kind == AlignmentKind::affine ? fit_affine(from, to) : fit_similarity(from, to);
}

AlignedFace warp_face(const cv::Mat& image, const Affine& to_crop, int width, int height) {
  require_image(image, width, height);
  const double determinant = std::abs(to_crop(0, 0) * to_crop(1, 1) - to_crop(0, 1) * to_crop(1, 0));
  if (!(determinant > 1e-8)) throw Error(ErrorCode::bad_data, "alignment: the face would shrink to nothing");
  AlignedFace face{cv::Mat(), to_crop, invert(to_crop)};
  // Bilinear sampling alone would step over source pixels: blocks are averaged first, so that a step is about a pixel.
  const double source_px = 1 / std::sqrt(determinant);
  const int factor = source_px < 1.4 ? 1 : std::clamp(static_cast<int>(std::lround(source_px)), 2, 64);
  const cv::Rect area = footprint(face.to_source, width, height, 2 * factor, image.size());
  if (area.empty()) {
    face.image = cv::Mat::zeros(height, width, image.type());
    return face;
  }
  const double shift = 0.5 / factor - 0.5, share = 1.0 / factor;
  const Affine shrunk_from_source{share, 0, shift - area.x * share, 0, share, shift - area.y * share};
  cv::Mat source = image(area);
  if (factor > 1) source = shrink_by(source, factor);
  cv::warpAffine(source, face.image, compose(shrunk_from_source, face.to_source), {width, height},
                 cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT);
  return face;
}

AlignedFace align_face(const cv::Mat& image, const Points& points, const AlignmentTemplate& target, AlignmentKind kind, int width,
                       int height, double margin) {
  require_image(image, width, height);
  return warp_face(image, align_points(points, target, kind, width, height, margin), width, height);
}

AlignedFace crop_face(const cv::Mat& image, const cv::Rect2f& box, int width, int height, double margin) {
  require_image(image, width, height);
  if (!(box.width > 0 && box.height > 0 && std::isfinite(box.x) && std::isfinite(box.y)))
    throw Error(ErrorCode::bad_data, "alignment: the face box is empty");
  const double larger = (1 + 2 * margin) * std::max(box.width, box.height);
  const double scale = std::min(width, height) / larger;
  const double centre_x = box.x + 0.5 * box.width - 0.5, centre_y = box.y + 0.5 * box.height - 0.5;
  return warp_face(image, {scale, 0, 0.5 * (width - 1) - scale * centre_x, 0, scale, 0.5 * (height - 1) - scale * centre_y},
                   width, height);
}

}  // namespace mien
