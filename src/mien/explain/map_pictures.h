// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <string>
#include <vector>

namespace mien {

/// What a map's values are divided by before they are drawn: the 99.5 % quantile of their sizes (a single bright pixel must not
/// darken the rest), or the largest size when that is 0; 1 for a map of zeros.
double display_scale(const cv::Mat& map);

/// How a map's values become colours.
enum class MapColors {
  sequential,  ///< 0..1: OpenCV's INFERNO, dark = nothing
  diverging    ///< -1..1: blue = against the class, red = for it, of equal lightness at equal size; nothing in between
};

/// `map` (CV_32FC1) over `face` (8-bit gray or RGB), both enlarged to a square of `side_px`; RGB. The face is drawn in gray and
/// shines through the more, the smaller the value: opacity is 0.85 |v|^0.6 with v = map / scale, cut at 1.
cv::Mat draw_overlay(const cv::Mat& face, const cv::Mat& map, double scale, MapColors colors, int side_px);

/// One tile of a panel: picture and lines of text below.
struct PanelTile {
  cv::Mat picture;  ///< 8-bit gray or RGB
  std::string caption;
};

/// Tiles side by side under a title, with a legend of the colours, RGB.
cv::Mat draw_panel(const std::vector<PanelTile>& tiles, int columns, int tile_px, const std::string& title);

}  // namespace mien
