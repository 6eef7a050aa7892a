// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decoders.h"

#ifdef MIEN_HAS_GIF

#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "mien/image/gif_blocks.h"

namespace mien::decoders {

namespace {

struct Source {
  const std::uint8_t* data;
  std::size_t left;
};

int read_some(GifFileType* gif, GifByteType* to, int count) {
  auto& source = *static_cast<Source*>(gif->UserData);
  const std::size_t n = std::min(source.left, static_cast<std::size_t>(std::max(count, 0)));
  std::memcpy(to, source.data, n);
  source.data += n;
  source.left -= n;
  return static_cast<int>(n);
}

struct Close {
  void operator()(GifFileType* gif) const {
    int ignored = 0;
    DGifCloseFile(gif, &ignored);
  }
};
using Gif = std::unique_ptr<GifFileType, Close>;

[[noreturn]] void refuse_damaged(const Input& input, int code) {
  const char* reason = GifErrorString(code);
  refuse(input, std::string("damaged GIF") + (reason ? std::string(": ") + reason : ""));
}

/// Reads up to the first picture; `transparent` becomes its transparent colour, -1 = none.
void go_to_first_frame(const Input& input, GifFileType* gif, int& transparent) {
  for (GifRecordType kind = UNDEFINED_RECORD_TYPE; kind != IMAGE_DESC_RECORD_TYPE;) {
    if (DGifGetRecordType(gif, &kind) == GIF_ERROR) refuse_damaged(input, gif->Error);
    if (kind == TERMINATE_RECORD_TYPE) refuse(input, "a GIF without a picture");
    if (kind != EXTENSION_RECORD_TYPE) continue;
    int code = 0;
    GifByteType* part = nullptr;
    if (DGifGetExtension(gif, &code, &part) == GIF_ERROR) refuse_damaged(input, gif->Error);
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && part && DGifExtensionToGCB(part[0], part + 1, &control) == GIF_OK)
      transparent = control.TransparentColor;
    while (part)
      if (DGifGetExtensionNext(gif, &part) == GIF_ERROR) refuse_damaged(input, gif->Error);
  }
  if (DGifGetImageDesc(gif) == GIF_ERROR) refuse_damaged(input, gif->Error);
}

/// The colours of all 256 numbers; those that the file does not have, and the transparent one, are black.
std::array<cv::Vec3b, 256> colors_of(const ColorMapObject& map, int transparent) {
  std::array<cv::Vec3b, 256> colors{};
  for (int i = 0; i < std::min(map.ColorCount, 256); ++i)
    if (i != transparent) colors[static_cast<std::size_t>(i)] = {map.Colors[i].Red, map.Colors[i].Green, map.Colors[i].Blue};
  return colors;
}

/// Rows in the order in which an interlaced picture stores them.
std::vector<int> row_order(int height, bool interlaced) {
  std::vector<int> rows;
  const std::vector<std::pair<int, int>> passes =
      interlaced ? std::vector<std::pair<int, int>>{{0, 8}, {4, 8}, {2, 4}, {1, 2}} : std::vector<std::pair<int, int>>{{0, 1}};
  for (const auto& [first, step] : passes)
    for (int y = first; y < height; y += step) rows.push_back(y);
  return rows;
}

}  // namespace

Decoded decode_gif(const Input& input) {
  if (!scan_gif(input.data, input.size).complete) refuse(input, "damaged or truncated GIF");
  Source source{input.data, input.size};
  int code = 0, transparent = NO_TRANSPARENT_COLOR;
  const Gif gif(DGifOpen(&source, read_some, &code));
  if (!gif) refuse_damaged(input, code);
  go_to_first_frame(input, gif.get(), transparent);
  const GifImageDesc& frame = gif->Image;
  const ColorMapObject* map = frame.ColorMap ? frame.ColorMap : gif->SColorMap;
  if (!map) refuse(input, "a GIF without colours");
  if (frame.Left < 0 || frame.Top < 0 || frame.Width <= 0 || frame.Height <= 0) refuse(input, "a GIF whose first picture has no pixels");
  const int width = std::max<int>(gif->SWidth, frame.Left + frame.Width), height = std::max<int>(gif->SHeight, frame.Top + frame.Height);
  check_size(input, width, height);
  cv::Mat pixels(height, width, CV_8UC3, cv::Scalar::all(0));
  const auto colors = colors_of(*map, transparent);
  std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
  for (const int y : row_order(frame.Height, frame.Interlace)) {
    if (DGifGetLine(gif.get(), line.data(), frame.Width) == GIF_ERROR) refuse_damaged(input, gif->Error);
    auto* row = pixels.ptr<cv::Vec3b>(frame.Top + y) + frame.Left;
    for (std::size_t x = 0; x < line.size(); ++x) row[x] = colors[line[x]];
  }
  return {pixels, 1};
}

}  // namespace mien::decoders

#else

namespace mien::decoders {

Decoded decode_gif(const Input& input) {
  refuse(input, "a GIF image, and this build has no giflib", "install libgif-dev and build again, or convert it to PNG");
}

}  // namespace mien::decoders

#endif
