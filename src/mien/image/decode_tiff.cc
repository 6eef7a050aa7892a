// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decoders.h"

#ifdef MIEN_HAS_TIFF

#include <fmt/format.h>
#include <tiffio.h>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

namespace mien::decoders {

namespace {

constexpr int kMostSamples = 32;  ///< of a pixel: more are no picture

/// The file in memory, and the first thing that libtiff says against it.
struct Source {
  const std::uint8_t* data;
  std::uint64_t size;
  std::uint64_t at = 0;
  std::string complaint = {};
};

Source& source_of(thandle_t handle) { return *static_cast<Source*>(handle); }

tmsize_t read_some(thandle_t handle, void* to, tmsize_t count) {
  Source& source = source_of(handle);
  const std::uint64_t left = source.at < source.size ? source.size - source.at : 0;
  const std::uint64_t n = std::min(left, static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0)));
  if (n > 0) std::memcpy(to, source.data + source.at, n);
  source.at += n;
  return static_cast<tmsize_t>(n);
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
  Source& source = source_of(handle);
  if (from == SEEK_SET) source.at = offset;
  if (from == SEEK_CUR) source.at += offset;
  if (from == SEEK_END) source.at = source.size + offset;
  return source.at;
}

/// libtiff reads the bytes where they are; it never writes to them.
int map(thandle_t handle, void** base, toff_t* size) {
  *base = const_cast<std::uint8_t*>(source_of(handle).data);
  *size = source_of(handle).size;
  return 1;
}

int keep_complaint(TIFF*, void* user, const char*, const char* format, va_list arguments) {
  std::string& complaint = static_cast<Source*>(user)->complaint;
  char line[256];
  std::vsnprintf(line, sizeof(line), format, arguments);
  if (complaint.empty()) complaint = line;
  return 1;  // nothing is printed
}

int ignore_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};
using Tiff = std::unique_ptr<TIFF, Close>;

Tiff open(Source& source, const DecodeOptions& limits) {
  const std::unique_ptr<TIFFOpenOptions, Close> options(TIFFOpenOptionsAlloc());
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_complaint, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore_warning, nullptr);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(8 * limits.max_pixels + (1 << 20)));
  return Tiff(TIFFClientOpenExt(
      "TIFF", "r", &source, read_some, [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; }, seek, [](thandle_t) { return 0; },
      [](thandle_t handle) -> toff_t { return source_of(handle).size; }, map, [](thandle_t, void*, toff_t) {}, options.get()));
}

[[noreturn]] void refuse_damaged(const Input& input, const Source& source) {
  refuse(input, "damaged or truncated TIFF" + (source.complaint.empty() ? "" : ": " + source.complaint));
}

/// Tiles may be larger than the picture, and a file of some bytes may say that they are very much so.
void check_layout(const Input& input, TIFF* tiff, std::int64_t pixels) {
  std::uint16_t samples = 1;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  if (samples > kMostSamples) refuse(input, fmt::format("TIFF with {} samples a pixel", samples));
  std::uint32_t width = 0, height = 0;
  if (!TIFFIsTiled(tiff)) return;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
  const std::int64_t most = 16 * pixels + (1 << 22);
  if (width == 0 || height == 0 || width > most / height) refuse(input, fmt::format("TIFF with tiles of {} x {} pixels", width, height));
}

/// libtiff's view of the first picture as RGBA, alpha multiplied in, rows as they are stored.
class RgbaView {
 public:
  RgbaView(const Input& input, TIFF* tiff) {
    char reason[1024] = "";
    if (!TIFFRGBAImageOK(tiff, reason) || !TIFFRGBAImageBegin(&view_, tiff, 1, reason))
      refuse(input, std::string("unsupported TIFF: ") + reason, "convert it to 8 or 16 bits a sample, or to PNG");
    orientation_ = view_.orientation;
    view_.req_orientation = view_.orientation;
  }
  ~RgbaView() { TIFFRGBAImageEnd(&view_); }
  RgbaView(const RgbaView&) = delete;
  RgbaView& operator=(const RgbaView&) = delete;

  bool read(cv::Mat& rgba) {
    return TIFFRGBAImageGet(&view_, reinterpret_cast<std::uint32_t*>(rgba.data), static_cast<std::uint32_t>(rgba.cols),
                            static_cast<std::uint32_t>(rgba.rows)) != 0;
  }
  int orientation() const { return orientation_; }
  bool is_gray() const { return view_.photometric == PHOTOMETRIC_MINISBLACK || view_.photometric == PHOTOMETRIC_MINISWHITE; }

 private:
  TIFFRGBAImage view_ = {};
  int orientation_ = 1;
};

}  // namespace

Decoded decode_tiff(const Input& input) {
  Source source{input.data, input.size};
  const Tiff tiff = open(source, input.options);
  if (!tiff) refuse_damaged(input, source);
  std::uint32_t width = 0, height = 0;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
  check_size(input, width, height);
  check_layout(input, tiff.get(), static_cast<std::int64_t>(width) * height);
  source.complaint.clear();
  RgbaView view(input, tiff.get());
  cv::Mat rgba(static_cast<int>(height), static_cast<int>(width), CV_8UC4);
  if (!view.read(rgba)) refuse_damaged(input, source);
  cv::Mat pixels;
  if (view.is_gray()) cv::extractChannel(rgba, pixels, 0);
  else cv::cvtColor(rgba, pixels, cv::COLOR_RGBA2RGB);
  return {pixels, view.orientation()};
}

}  // namespace mien::decoders

#else

namespace mien::decoders {

Decoded decode_tiff(const Input& input) {
  refuse(input, "a TIFF image, and this build has no libtiff", "install libtiff-dev and build again, or convert it to PNG");
}

}  // namespace mien::decoders

#endif
