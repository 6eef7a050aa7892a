// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/map_pictures.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/image/color.h"
#include "mien/report/plots.h"

namespace mien {
namespace {

constexpr double quantile = 0.995, opacity = 0.85, opacity_power = 0.6;
constexpr int legend_px = 34, bar_px = 150;

/// 256 RGB colours in CIE Lab: equal steps look equal. Entry 0 is -1 (blue), 255 is 1 (red), both as light as each other.
cv::Mat diverging_colors() {
  const cv::Vec3f blue(38, 22, -68), red(38, 62, 46), middle(88, 0, 0);
  cv::Mat lab(1, 256, CV_32FC3), rgb, bytes;
  for (int i = 0; i < 256; ++i) {
    const float v = static_cast<float>(i) / 127.5f - 1;
    lab.at<cv::Vec3f>(0, i) = middle + (v < 0 ? blue - middle : red - middle) * std::abs(v);
  }
  cv::cvtColor(lab, rgb, cv::COLOR_Lab2RGB);
  rgb.convertTo(bytes, CV_8UC3, 255);
  return bytes;
}

cv::Mat sequential_colors() {
  cv::Mat values(1, 256, CV_8UC1), bgr, rgb;
  for (int i = 0; i < 256; ++i) values.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(i);
  cv::applyColorMap(values, bgr, cv::COLORMAP_INFERNO);
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

const cv::Mat& colors_of(MapColors colors) {
  static const cv::Mat sequential = sequential_colors(), diverging = diverging_colors();
  return colors == MapColors::sequential ? sequential : diverging;
}

/// Position in the table of 256 colours.
int entry(MapColors colors, double v) {
  const double share = colors == MapColors::sequential ? v : 0.5 * (v + 1);
  return std::clamp(cvRound(share * 255), 0, 255);
}

void write_bar(cv::Mat& strip, int x, MapColors colors, const std::string& low, const std::string& high) {
  const cv::Mat& table = colors_of(colors);
  const auto put = [&](const std::string& text, int at) {
    cv::putText(strip, text, {at, 21}, cv::FONT_HERSHEY_SIMPLEX, 0.4, {36, 28, 27}, 1, cv::LINE_AA);
  };
  const int low_width = cv::getTextSize(low, cv::FONT_HERSHEY_SIMPLEX, 0.4, 1, nullptr).width;
  put(low, x);
  const cv::Rect bar(x + low_width + 8, 9, bar_px, 15);
  if ((bar & cv::Rect({}, strip.size())) != bar) return;
  for (int i = 0; i < bar_px; ++i)
    strip(cv::Rect(bar.x + i, bar.y, 1, bar.height)) = cv::Scalar(table.at<cv::Vec3b>(0, i * 255 / (bar_px - 1)));
  put(high, bar.x + bar_px + 8);
}

}  // namespace

double display_scale(const cv::Mat& map) {
  std::vector<float> sizes;
  sizes.reserve(map.total());
  for (int y = 0; y < map.rows; ++y)
    for (int x = 0; x < map.cols; ++x) sizes.push_back(std::abs(map.at<float>(y, x)));
  if (sizes.empty()) return 1;
  const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(quantile * static_cast<double>(sizes.size() - 1));
  std::nth_element(sizes.begin(), at, sizes.end());
  if (*at > 0) return *at;
  const float largest = *std::max_element(sizes.begin(), sizes.end());
  return largest > 0 ? largest : 1;
}

cv::Mat draw_overlay(const cv::Mat& face, const cv::Mat& map, double scale, MapColors colors, int side_px) {
  if (map.type() != CV_32FC1) throw Error(ErrorCode::usage, "an overlay needs a CV_32FC1 map");
  cv::Mat picture, values;
  cv::resize(to_rgb(to_gray(face)), picture, {side_px, side_px}, 0, 0, face.cols > side_px ? cv::INTER_AREA : cv::INTER_CUBIC);
  cv::resize(map, values, {side_px, side_px}, 0, 0, map.cols > side_px ? cv::INTER_AREA : cv::INTER_LINEAR);
  const cv::Mat& table = colors_of(colors);
  for (int y = 0; y < side_px; ++y)
    for (int x = 0; x < side_px; ++x) {
      const double v = std::clamp(values.at<float>(y, x) / scale, colors == MapColors::sequential ? 0.0 : -1.0, 1.0);
      const auto share = static_cast<float>(opacity * std::pow(std::abs(v), opacity_power));
      auto& pixel = picture.at<cv::Vec3b>(y, x);
      const cv::Vec3f mixed = (1 - share) * cv::Vec3f(pixel) + share * cv::Vec3f(table.at<cv::Vec3b>(0, entry(colors, v)));
      pixel =
          cv::Vec3b(cv::saturate_cast<uchar>(mixed[0]), cv::saturate_cast<uchar>(mixed[1]), cv::saturate_cast<uchar>(mixed[2]));
    }
  return picture;
}

cv::Mat draw_panel(const std::vector<PanelTile>& tiles, int columns, int tile_px, const std::string& title) {
  std::vector<SheetTile> sheet;
  for (const auto& tile : tiles) sheet.push_back({tile.picture, tile.caption});
  const cv::Mat body = contact_sheet(sheet, columns, tile_px, title);
  cv::Mat panel(body.rows + legend_px, body.cols, CV_8UC3, cv::Scalar(255, 255, 255));
  body.copyTo(panel.rowRange(0, body.rows));
  cv::Mat legend = panel.rowRange(body.rows, panel.rows);
  write_bar(legend, 10, MapColors::sequential, "nothing", "strongest");
  write_bar(legend, 330, MapColors::diverging, "against", "for the class");
  return panel;
}

}  // namespace mien
