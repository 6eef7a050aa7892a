// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/image/encode.h"
#include "mien/report/plots.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

constexpr int gap_px = 10, line_px = 15, title_px = 34, font = cv::FONT_HERSHEY_SIMPLEX;
constexpr double caption_scale = 0.4, title_scale = 0.6;
const cv::Scalar paper(255, 255, 255), ink(36, 28, 27);

/// OpenCV's fonts have ASCII only: one '?' for each other character.
std::string ascii(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      result += byte >= 0x20 ? c : ' ';
    else if (byte >= 0xC0)
      result += '?';
  }
  return result;
}

int text_width(const std::string& text, double scale) { return cv::getTextSize(text, font, scale, 1, nullptr).width; }

/// Shortened in the middle, where file names differ least.
std::string fitted(const std::string& text, double scale, int width_px) {
  std::string all = ascii(text);
  if (text_width(all, scale) <= width_px) return all;
  for (std::size_t keep = all.size(); keep > 3; --keep) {
    const std::string shorter = all.substr(0, keep / 2) + ".." + all.substr(all.size() - (keep - keep / 2));
    if (text_width(shorter, scale) <= width_px) return shorter;
  }
  return "";
}

void write(cv::Mat& sheet, const std::string& text, int x, int baseline, double scale, int width_px) {
  cv::putText(sheet, fitted(text, scale, width_px), {x, baseline}, font, scale, ink, 1, cv::LINE_AA);
}

int top_of(bool with_title) { return with_title ? title_px + gap_px / 2 : gap_px; }
int pitch_of(int tile_px, int caption_lines) { return tile_px + caption_lines * line_px + gap_px + 4; }

}  // namespace

cv::Size contact_sheet_size(std::int64_t count, int columns, int tile_px, int caption_lines, bool with_title) {
  const std::int64_t across = std::min<std::int64_t>(columns, count), rows = (count + across - 1) / across;
  const std::int64_t width = gap_px + across * (tile_px + gap_px), height = top_of(with_title) + rows * pitch_of(tile_px, caption_lines);
  if (std::max(width, height) > kLargestJpegSide_px)
    throw Error(ErrorCode::usage,
                fmt::format("a sheet of {} pictures would have {} x {} pixels, a side of a picture has {} at most", with_commas(count),
                            with_commas(width), with_commas(height), with_commas(kLargestJpegSide_px)),
                "Draw fewer or smaller pictures, or spread them over both directions.");
  return {static_cast<int>(width), static_cast<int>(height)};
}

cv::Mat contact_sheet(const std::vector<SheetTile>& tiles, int columns, int tile_px, const std::string& title) {
  if (tiles.empty() || columns < 1 || tile_px < 8)
    throw Error(ErrorCode::usage,
                fmt::format("a contact sheet of {} pictures in {} columns of {} px", tiles.size(), columns, tile_px));
  const int count = static_cast<int>(tiles.size());
  columns = std::min(columns, count);
  int lines = 0;
  for (const auto& tile : tiles) lines = std::max(lines, tile.caption.empty() ? 0 : static_cast<int>(split(tile.caption, '\n').size()));
  const int top = top_of(!title.empty()), pitch_y = pitch_of(tile_px, lines);
  cv::Mat sheet(contact_sheet_size(count, columns, tile_px, lines, !title.empty()), CV_8UC3, paper);
  if (!title.empty()) write(sheet, title, gap_px, 24, title_scale, sheet.cols - 2 * gap_px);
  for (int i = 0; i < count; ++i) {
    const int x = gap_px + i % columns * (tile_px + gap_px), y = top + i / columns * pitch_y;
    thumbnail(tiles[i].image, tile_px).copyTo(sheet(cv::Rect(x, y, tile_px, tile_px)));
    if (tiles[i].caption.empty()) continue;
    int baseline = y + tile_px + line_px - 2;
    for (const auto& line : split(tiles[i].caption, '\n')) {
      write(sheet, line, x, baseline, caption_scale, tile_px);
      baseline += line_px;
    }
  }
  return sheet;
}

}  // namespace mien
