// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include "mien/image/decoders.h"
#include "mien/image/exif.h"

namespace mien::decoders {

namespace {

constexpr int kMostScans = 500;  ///< of a progressive file: more is an attack on time

struct JpegErrors {
  jpeg_error_mgr manager;  ///< first, so that libjpeg's pointer to it is a pointer to this
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";
  bool truncated = false;
};

/// Warnings after which the pixels are still what the writer meant.
bool harmless(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM || warning == JWRN_JFIF_MAJOR ||
         warning == JWRN_TOO_MUCH_DATA;
}

[[noreturn]] void give_up(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
  errors->truncated = jpeg->err->msg_code == JWRN_JPEG_EOF;
  jpeg->err->format_message(jpeg, errors->message);
  std::longjmp(errors->jump, 1);
}

void on_message(j_common_ptr jpeg, int level) {
  if (level < 0 && !harmless(jpeg->err->msg_code)) give_up(jpeg);
}

void on_progress(j_common_ptr jpeg) {
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(jpeg);
  if (decompress->input_scan_number > kMostScans) {
    auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
    std::snprintf(errors->message, sizeof(errors->message), "more than %d scans", kMostScans);
    std::longjmp(errors->jump, 1);
  }
}

/// libjpeg behind functions that return false after an error. None of them owns anything that a jump would leak.
class JpegReader {
 public:
  JpegReader() {
    jpeg_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = give_up;
    errors_.manager.emit_message = on_message;
    errors_.manager.output_message = [](j_common_ptr) {};
    progress_.progress_monitor = on_progress;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool read_header(const std::uint8_t* data, std::size_t size) {
    if (setjmp(errors_.jump)) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, data, size);
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff);
    return jpeg_read_header(&jpeg_, TRUE) == JPEG_HEADER_OK;
  }

  /// Fixes colour space and scale: as small as `min_side` allows, or at full size but for pictures of more than `max_pixels`.
  /// Afterwards output_width and output_height are known.
  bool choose_output(J_COLOR_SPACE colors, unsigned min_side, std::int64_t max_pixels) {
    if (setjmp(errors_.jump)) return false;
    jpeg_.out_color_space = colors;
    jpeg_.scale_num = 1;
    for (jpeg_.scale_denom = min_side > 0 ? 8 : 1;; jpeg_.scale_denom /= 2) {
      jpeg_calc_output_dimensions(&jpeg_);
      if (jpeg_.scale_denom == 1 || std::min(jpeg_.output_width, jpeg_.output_height) >= min_side) break;
    }
    while (pixels() > max_pixels && jpeg_.scale_denom < 8) {
      jpeg_.scale_denom *= 2;
      jpeg_calc_output_dimensions(&jpeg_);
    }
    return true;
  }

  bool read_pixels(std::uint8_t* pixels, std::size_t stride) {
    if (setjmp(errors_.jump)) return false;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = pixels + stride * jpeg_.output_scanline;
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  /// What libjpeg needs for the coefficients when a file's pixels come in several scans; 0 when they do not.
  std::int64_t coefficient_bytes() {
    if (!jpeg_has_multiple_scans(&jpeg_)) return 0;
    std::int64_t blocks = 0;
    for (int i = 0; i < jpeg_.num_components; ++i)
      blocks += static_cast<std::int64_t>(jpeg_.comp_info[i].width_in_blocks) * jpeg_.comp_info[i].height_in_blocks;
    return blocks * static_cast<std::int64_t>(sizeof(JBLOCK));
  }

  /// Of the output.
  std::int64_t pixels() const { return static_cast<std::int64_t>(jpeg_.output_width) * jpeg_.output_height; }
  const jpeg_decompress_struct& jpeg() const { return jpeg_; }
  std::string reason() const {
    if (errors_.truncated) return "truncated JPEG";
    return std::string("damaged or unsupported JPEG: ") + errors_.message;
  }

 private:
  jpeg_decompress_struct jpeg_ = {};
  jpeg_progress_mgr progress_ = {};
  JpegErrors errors_ = {};
};

int orientation(const jpeg_decompress_struct& jpeg) {
  for (const jpeg_marker_struct* marker = jpeg.marker_list; marker; marker = marker->next)
    if (marker->data_length > 6 && std::equal(marker->data, marker->data + 4, "Exif"))
      return exif_orientation(marker->data, marker->data_length);
  return 1;
}

J_COLOR_SPACE output_colors(const Input& input, const jpeg_decompress_struct& jpeg) {
  switch (jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE: return JCS_GRAYSCALE;
    case JCS_YCbCr:
    case JCS_RGB: return JCS_RGB;
    case JCS_CMYK:
    case JCS_YCCK: return JCS_CMYK;
    default: refuse(input, fmt::format("JPEG with {} unknown colour components", jpeg.num_components));
  }
}

std::uint8_t times_255th(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
}

/// Ink to light: light of a channel = (1 - ink) (1 - black). Files marked by Adobe store light instead of ink.
cv::Mat cmyk_to_rgb(const cv::Mat& cmyk, bool stores_light) {
  const unsigned invert = stores_light ? 0 : 255;
  cv::Mat rgb(cmyk.size(), CV_8UC3);
  for (int y = 0; y < rgb.rows; ++y) {
    const std::uint8_t* in = cmyk.ptr<std::uint8_t>(y);
    std::uint8_t* out = rgb.ptr<std::uint8_t>(y);
    for (int x = 0; x < rgb.cols; ++x, in += 4, out += 3)
      for (int c = 0; c < 3; ++c) out[c] = times_255th(in[c] ^ invert, in[3] ^ invert);
  }
  return rgb;
}

/// Large photographs come smaller where that is allowed; what is beyond all cameras is refused.
void check_jpeg_size(const Input& input, JpegReader& reader) {
  const std::int64_t width = reader.jpeg().image_width, height = reader.jpeg().image_height, most = input.options.max_pixels;
  const bool shrinkable = input.may_shrink && width > 0 && height > 0 && width <= 4 * most / height && reader.coefficient_bytes() <= 6 * most;
  if (!shrinkable) check_size(input, width, height);
}

}  // namespace

Decoded decode_jpeg(const Input& input) {
  JpegReader reader;
  const jpeg_decompress_struct& jpeg = reader.jpeg();
  if (!reader.read_header(input.data, input.size)) refuse(input, reader.reason());
  check_jpeg_size(input, reader);
  const int turned = orientation(jpeg);  // the markers are gone once the pixels are read
  const J_COLOR_SPACE colors = output_colors(input, jpeg);
  if (!reader.choose_output(colors, static_cast<unsigned>(std::max(0, input.options.min_side_px)), input.options.max_pixels))
    refuse(input, reader.reason());
  check_size(input, jpeg.output_width, jpeg.output_height);
  const int channels = colors == JCS_GRAYSCALE ? 1 : colors == JCS_RGB ? 3 : 4;
  cv::Mat pixels(static_cast<int>(jpeg.output_height), static_cast<int>(jpeg.output_width), CV_8UC(channels));
  if (!reader.read_pixels(pixels.data, pixels.step)) refuse(input, reader.reason());
  if (channels == 4) pixels = cmyk_to_rgb(pixels, jpeg.saw_Adobe_marker);
  const cv::Size full(static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height));
  return {pixels, turned, full == pixels.size() ? cv::Size() : full};
}

}  // namespace mien::decoders
