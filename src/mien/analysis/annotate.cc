// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/annotate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mien {

namespace {

using Color = cv::Vec3b;  ///< RGB

/// Okabe and Ito's colours, which people with any colour vision tell apart (https://jfly.uni-koeln.de/color/), black left out.
constexpr std::array<std::array<std::uint8_t, 3>, 7> kPalette = {
    {{86, 180, 233}, {230, 159, 0}, {0, 158, 115}, {204, 121, 167}, {240, 228, 66}, {213, 94, 0}, {0, 114, 178}}};
const Color kUncertain(132, 136, 142), kPanel(22, 24, 28), kBright(255, 255, 255), kFaint(176, 180, 186);
constexpr int kShift = 4;           ///< fractional bits of OpenCV's coordinates
constexpr int kFine = 4;            ///< text is drawn that much larger and averaged: OpenCV's strokes are rough at reading size
constexpr double kFontHeight = 21;  ///< of a capital letter at scale 1
constexpr std::size_t kBars = 3;

Color color_of(const FaceResult& face) {
  const auto& c = kPalette[static_cast<std::size_t>(std::max(0, face.identity)) % kPalette.size()];
  return {c[0], c[1], c[2]};
}

Color mix(const Color& a, const Color& b, double share_of_b) {
  Color mixed;
  for (int i = 0; i < 3; ++i) mixed[i] = cv::saturate_cast<std::uint8_t>(a[i] + share_of_b * (b[i] - a[i]));
  return mixed;
}

/// Black or white, whatever reads better on the colour.
Color ink_on(const Color& color) {
  return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 140 ? Color(16, 18, 22) : kBright;
}

/// The font has ASCII only.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    out += byte >= 32 && byte < 127 ? c : '?';
  }
  return out;
}

std::string percent(float probability) {
  const double p = std::isfinite(probability) ? std::clamp(100.0 * probability, 0.0, 100.0) : 0;
  return std::to_string(std::lround(p)) + "%";
}

/// Pictures of text: shares of ink 0..255.
class Text {
 public:
  Text(const std::string& text, double height_px) : height_(height_px) {
    const double scale = kFine * height_px / kFontHeight;
    const int thickness = std::max(1, cvRound(0.13 * kFine * height_px));
    const std::string shown = printable(text);
    int below = 0;
    const cv::Size size = cv::getTextSize(shown, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &below);
    descent_ = cvCeil(0.35 * height_px);
    width_ = (size.width + kFine - 1) / kFine;
    const int rows = cvCeil(height_px) + 2 * descent_;
    cv::Mat fine(rows * kFine, std::max(1, width_) * kFine, CV_8UC1, cv::Scalar(0));
    cv::putText(fine, shown, cv::Point(0, kFine * (descent_ + cvCeil(height_px))), cv::FONT_HERSHEY_SIMPLEX, scale,
                cv::Scalar(255), thickness, cv::LINE_AA);
    cv::resize(fine, ink_, cv::Size(std::max(1, width_), rows), 0, 0, cv::INTER_AREA);
  }
  int width() const { return width_; }
  const cv::Mat& ink() const { return ink_; }
  /// From the upper edge of capital letters to the picture's one.
  int above() const { return descent_; }
  double height() const { return height_; }

 private:
  cv::Mat ink_;
  double height_;
  int width_ = 0, descent_ = 0;
};

/// Lengths that follow the picture.
struct Sizes {
  explicit Sizes(cv::Size picture)
      : text(std::clamp(0.012 * std::min(picture.width, 2 * picture.height), 6.5, 64.0)),
        line(std::max(1, cvRound(0.13 * text))),
        gap(std::max(2, cvRound(0.55 * text))) {}
  double text;  ///< height of capital letters
  int line;     ///< width of the box
  int gap;      ///< around text
};

/// Draws into a picture and skips what lies outside.
class Brush {
 public:
  explicit Brush(cv::Mat& image) : image_(image) {}

  cv::Rect frame() const { return {0, 0, image_.cols, image_.rows}; }

  /// Lays colour on where `mask` says, its upper left corner at `at`.
  void stamp(const cv::Mat& mask, cv::Point at, const Color& color, double opacity) {
    const cv::Rect seen = cv::Rect(at, mask.size()) & frame();
    const int weight = cvRound(256 * opacity);
    for (int y = seen.y; y < seen.y + seen.height; ++y) {
      const auto* m = mask.ptr<std::uint8_t>(y - at.y) - at.x;
      auto* row = image_.ptr<cv::Vec3b>(y);
      for (int x = seen.x; x < seen.x + seen.width; ++x) {
        const int a = m[x] * weight / 255;
        if (a == 0) continue;
        for (int c = 0; c < 3; ++c) row[x][c] = static_cast<std::uint8_t>(row[x][c] + (color[c] - row[x][c]) * a / 256);
      }
    }
  }

  /// A filled rectangle with round corners.
  void plate(const cv::Rect& box, int radius, const Color& color, double opacity) {
    if ((box & frame()).empty() || box.area() > 100'000'000) return;
    cv::Mat mask(box.size(), CV_8UC1, cv::Scalar(0));
    cv::fillPoly(mask,
                 std::vector<std::vector<cv::Point>>{fixed(rounded(cv::Rect2d(0, 0, box.width - 1, box.height - 1), radius))},
                 cv::Scalar(255), cv::LINE_AA, kShift);
    stamp(mask, box.tl(), color, opacity);
  }

  /// Text with the upper edge of its capital letters at `at`.
  void write(const Text& text, cv::Point at, const Color& color, double opacity = 1) {
    stamp(text.ink(), at - cv::Point(0, text.above()), color, opacity);
  }

  void line(const std::vector<cv::Point2d>& points, bool closed, const Color& color, int width) {
    cv::polylines(image_, std::vector<std::vector<cv::Point>>{fixed(points)}, closed, scalar(color), width, cv::LINE_AA, kShift);
  }

  void dot(cv::Point2d at, double radius, const Color& color) {
    cv::circle(image_, fixed({at})[0], cvRound(radius * (1 << kShift)), scalar(color), cv::FILLED, cv::LINE_AA, kShift);
  }

  static std::vector<cv::Point2d> arc(cv::Point2d centre, double radius, double from_deg) {
    std::vector<cv::Point2d> points;
    for (int i = 0; i <= 6; ++i) {
      const double a = (from_deg + 15 * i) * CV_PI / 180;
      points.push_back(centre + radius * cv::Point2d(std::cos(a), std::sin(a)));
    }
    return points;
  }

  static std::vector<cv::Point2d> rounded(const cv::Rect2d& box, double radius) {
    const double r = std::min({radius, 0.5 * box.width, 0.5 * box.height});
    std::vector<cv::Point2d> outline;
    const cv::Point2d corners[4] = {{box.x + box.width - r, box.y + box.height - r},
                                    {box.x + r, box.y + box.height - r},
                                    {box.x + r, box.y + r},
                                    {box.x + box.width - r, box.y + r}};
    for (int i = 0; i < 4; ++i) {
      const auto part = arc(corners[i], r, 90.0 * i);
      outline.insert(outline.end(), part.begin(), part.end());
    }
    return outline;
  }

 private:
  static cv::Scalar scalar(const Color& c) {
    return {static_cast<double>(c[0]), static_cast<double>(c[1]), static_cast<double>(c[2])};
  }

  /// OpenCV's coordinates; far ones are cut so that nothing overflows.
  static std::vector<cv::Point> fixed(const std::vector<cv::Point2d>& points) {
    constexpr double far = 1e6;
    std::vector<cv::Point> result;
    for (const auto& p : points)
      result.emplace_back(cvRound(std::clamp(p.x, -far, far) * (1 << kShift)),
                          cvRound(std::clamp(p.y, -far, far) * (1 << kShift)));
    return result;
  }

  cv::Mat& image_;
};

bool drawable(const cv::Rect2f& box) {
  return std::isfinite(box.x) && std::isfinite(box.y) && box.width > 0 && box.height > 0 && std::abs(box.x) < 1e5f &&
         std::abs(box.y) < 1e5f && box.width < 1e5f && box.height < 1e5f;
}

/// A thin frame with strong corners, dark beneath so that it shows on any ground.
void draw_box(Brush& brush, const FaceResult& face, const Sizes& sizes) {
  const cv::Rect2d box = face.box;
  const double side = std::min(box.width, box.height), radius = 0.09 * side, arm = 0.17 * side;
  const Color color = face.uncertain ? mix(color_of(face), kUncertain, 0.35) : color_of(face);
  brush.line(Brush::rounded(box, radius), true, mix(color, kPanel, 0.35), std::max(1, sizes.line / 2));
  const cv::Point2d corners[4] = {{box.x + box.width - radius, box.y + box.height - radius},
                                  {box.x + radius, box.y + box.height - radius},
                                  {box.x + radius, box.y + radius},
                                  {box.x + box.width - radius, box.y + radius}};
  const cv::Point2d before[4] = {{0, -arm}, {arm, 0}, {0, arm}, {-arm, 0}}, after[4] = {{-arm, 0}, {0, -arm}, {arm, 0}, {0, arm}};
  for (const auto& [ink, width] : {std::pair{kPanel, sizes.line + 2 * std::max(1, sizes.line / 2)}, {color, sizes.line}})
    for (int i = 0; i < 4; ++i) {
      auto corner = Brush::arc(corners[i], radius, 90.0 * i);
      corner.insert(corner.begin(), corner.front() + before[i]);
      corner.push_back(corner.back() + after[i]);
      brush.line(corner, false, ink, width);
    }
}

void draw_landmarks(Brush& brush, const FaceResult& face, const Sizes& sizes) {
  struct Part {
    int first, last;
    bool closed;
  };
  constexpr std::array<Part, 9> parts = {{{0, 16, false},
                                          {17, 21, false},
                                          {22, 26, false},
                                          {27, 30, false},
                                          {31, 35, false},
                                          {36, 41, true},
                                          {42, 47, true},
                                          {48, 59, true},
                                          {60, 67, true}}};
  const bool finite = std::all_of(face.landmarks.begin(), face.landmarks.end(),
                                  [](const cv::Point2f& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
  if (!finite) return;
  const Color color = mix(color_of(face), kBright, 0.35);
  const bool small = face.box.width < 56;  // more than dots would hide the face
  if (face.landmarks.size() == 68 && !small)
    for (const auto& part : parts)
      brush.line({face.landmarks.begin() + part.first, face.landmarks.begin() + part.last + 1}, part.closed,
                 mix(color, kPanel, 0.15), 1);
  const double radius = std::clamp(0.008 * face.box.width, 0.8, 0.14 * sizes.text + 0.4);
  for (const auto& p : face.landmarks) {
    if (!small) brush.dot(p, radius + 0.6, kPanel);
    brush.dot(p, small ? 0.45 : radius, color);
  }
}

/// The head's axes from the tip of the nose: to its left (red), down (green), and where it looks (blue).
void draw_pose(Brush& brush, const FaceResult& face, const Sizes& sizes) {
  if (!has_pose(face)) return;
  const HeadPose& pose = face.pose;
  const double yaw = pose.yaw_deg * CV_PI / 180, pitch = pose.pitch_deg * CV_PI / 180, roll = pose.roll_deg * CV_PI / 180;
  // As the procedural faces turn: about the vertical, then the horizontal axis, then in the picture. z points to the viewer.
  const auto project = [&](const cv::Vec3d& p) {
    const double x = p[0] * std::cos(yaw) + p[2] * std::sin(yaw), z = p[2] * std::cos(yaw) - p[0] * std::sin(yaw);
    const double y = p[1] * std::cos(pitch) + z * std::sin(pitch);
    return cv::Point2d(x * std::cos(roll) - y * std::sin(roll), x * std::sin(roll) + y * std::cos(roll));
  };
  const cv::Point2d origin = face.landmarks.size() == 68
                                 ? cv::Point2d(face.landmarks[30])
                                 : cv::Point2d(face.box.x + 0.5 * face.box.width, face.box.y + 0.55 * face.box.height);
  if (!std::isfinite(origin.x + origin.y)) return;
  const double length = 0.45 * face.box.width;
  const std::pair<cv::Vec3d, Color> axes[3] = {
      {{1, 0, 0}, {226, 74, 66}}, {{0, 1, 0}, {64, 178, 84}}, {{0, 0, 1}, {62, 124, 240}}};
  for (const auto& [axis, color] : axes) {
    const cv::Point2d end = origin + length * project(axis);
    brush.line({origin, end}, false, kPanel, sizes.line + 2);
    brush.line({origin, end}, false, color, sizes.line);
  }
}

std::string class_name(const AnalysisInfo& info, int label) {
  return label >= 0 && static_cast<std::size_t>(label) < info.class_names.size()
             ? info.class_names[static_cast<std::size_t>(label)]
             : "class " + std::to_string(label);
}

/// Moves a rectangle into the picture as far as it goes.
cv::Rect inside(cv::Rect box, const cv::Rect& frame) {
  box.x = std::max(frame.x, std::min(box.x, frame.x + frame.width - box.width));
  box.y = std::max(frame.y, std::min(box.y, frame.y + frame.height - box.height));
  return box;
}

/// The first place that lies in the picture and covers nothing that is there already.
std::optional<cv::Rect> free_place(const std::vector<cv::Rect>& places, const std::vector<cv::Rect>& taken,
                                   const cv::Rect& frame) {
  for (const auto& place : places)
    if ((place & frame) == place && std::none_of(taken.begin(), taken.end(), [&](const auto& t) { return !(t & place).empty(); }))
      return place;
  return std::nullopt;
}

/// "#2" and "happiness 83%" on a plate over the box.
void draw_label(Brush& brush, const FaceResult& face, const AnalysisInfo& info, const Sizes& sizes,
                std::vector<cv::Rect>& taken) {
  std::string label;
  if (face.label >= 0) {
    label = class_name(info, face.label) + (face.uncertain ? "?" : "");
    if (static_cast<std::size_t>(face.label) < face.probabilities.size())
      label += " " + percent(face.probabilities[static_cast<std::size_t>(face.label)]);
  }
  const std::string number = face.identity >= 0 ? "#" + std::to_string(std::int64_t{face.identity} + 1) : "";
  if (label.empty() && number.empty()) return;
  const Text label_text(label, sizes.text), number_text(number, sizes.text);
  const int gap = sizes.gap, number_width = number.empty() ? 0 : number_text.width() + 2 * gap;
  const int label_width = label.empty() ? 0 : label_text.width() + 2 * gap;
  const cv::Rect box = face.box;
  const cv::Size size(number_width + label_width, cvCeil(sizes.text) + 2 * gap);
  const int above = box.y - size.height - gap, below = box.y + box.height + gap, right = box.x + box.width - size.width;
  const std::vector<cv::Rect> places = {{{box.x, above}, size},
                                        {{right, above}, size},
                                        {{box.x, below}, size},
                                        {{right, below}, size},
                                        {{box.x, above - size.height}, size},
                                        {{right, above - size.height}, size}};
  const cv::Rect plate = free_place(places, taken, brush.frame()).value_or(inside(places.front(), brush.frame()));
  taken.push_back(plate);
  const Color color = face.uncertain ? kUncertain : color_of(face);
  const int radius = cvRound(0.6 * sizes.text);
  brush.plate(plate, radius, kPanel, 0.85);
  if (!label.empty()) {
    brush.plate({plate.x + number_width, plate.y, label_width, plate.height}, radius, color, 0.94);
    brush.write(label_text, {plate.x + number_width + gap, plate.y + gap}, ink_on(color));
  }
  if (!number.empty()) brush.write(number_text, {plate.x + gap, plate.y + gap}, mix(color_of(face), kBright, 0.25));
}

/// The largest probabilities with their names as bars on a dark panel beside the box.
void draw_bars(Brush& brush, const FaceResult& face, const AnalysisInfo& info, const Sizes& sizes, std::vector<cv::Rect>& taken) {
  const auto& p = face.probabilities;
  std::vector<int> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return p[static_cast<std::size_t>(a)] > p[static_cast<std::size_t>(b)]; });
  order.resize(std::min(kBars, order.size()));
  if (order.empty()) return;

  const double text = 0.78 * sizes.text;
  std::vector<Text> names, shares;
  int name_width = 0, share_width = Text("100%", text).width();
  for (const int k : order) {
    names.emplace_back(class_name(info, k), text);
    shares.emplace_back(percent(p[static_cast<std::size_t>(k)]), text);
    name_width = std::max(name_width, names.back().width());
  }
  const int gap = sizes.gap, row = cvCeil(text) + gap, bar = cvRound(5.5 * text);
  const cv::Size size(name_width + bar + share_width + 4 * gap, row * static_cast<int>(order.size()) + gap);
  const cv::Rect box = face.box;
  const int top = box.y + box.height - size.height;
  const int right = box.x + box.width + gap, left = box.x - gap - size.width, below = box.y + box.height + gap;
  const auto place = free_place(
      {{{right, top}, size}, {{left, top}, size}, {{box.x, below}, size}, {{right, box.y}, size}, {{left, box.y}, size}}, taken,
      brush.frame());
  if (!place) return;  // bars over bars or faces help nobody
  const cv::Rect panel = *place;
  taken.push_back(panel);
  brush.plate(panel, cvRound(0.6 * sizes.text), kPanel, 0.72);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool first = i == 0;
    const int y = panel.y + gap + row * static_cast<int>(i), bar_x = panel.x + 2 * gap + name_width;
    brush.write(names[i], {panel.x + gap, y}, first ? kBright : kFaint);
    const cv::Rect track(bar_x, y, bar, std::max(2, cvCeil(text)));
    brush.plate(track, track.height / 2, kBright, 0.16);
    const double share = std::clamp(static_cast<double>(p[static_cast<std::size_t>(order[i])]), 0.0, 1.0);
    const int filled = cvRound(share * bar);
    const Color color = face.uncertain ? kUncertain : color_of(face);
    if (filled > 0)
      brush.plate({track.x, track.y, filled, track.height}, track.height / 2, first ? color : mix(color, kPanel, 0.3), 0.95);
    brush.write(shares[i], {panel.x + size.width - gap - shares[i].width(), y}, first ? kBright : kFaint);
  }
}

}  // namespace

cv::Mat annotate(const cv::Mat& image, const FrameResult& frame, const AnalysisInfo& info, const AnnotateOptions& options) {
  cv::Mat drawn = image.clone();
  if (drawn.empty()) return drawn;
  Brush brush(drawn);
  const Sizes sizes(drawn.size());
  std::vector<const FaceResult*> faces;
  std::vector<cv::Rect> taken;
  for (const auto& face : frame.faces)
    if (drawable(face.box)) {
      faces.push_back(&face);
      taken.emplace_back(face.box);
    }
  for (const auto* face : faces) {
    if (options.landmarks) draw_landmarks(brush, *face, sizes);
    if (options.boxes) draw_box(brush, *face, sizes);
    if (options.pose) draw_pose(brush, *face, sizes);
  }
  // What is to be read lies over all that is drawn.
  for (const auto* face : faces)
    if (options.labels) draw_label(brush, *face, info, sizes, taken);
  for (const auto* face : faces)
    if (options.bars) draw_bars(brush, *face, info, sizes, taken);
  return drawn;
}

}  // namespace mien
