// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <vector>

#include "mien/image/decoders.h"
#include "mien/image/exif.h"

namespace mien::decoders {

namespace {

/// libpng behind functions that return false after an error. None of them owns anything that a jump would leak.
class PngReader {
 public:
  PngReader(const std::uint8_t* data, std::size_t size) : next_(data), left_(size) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {});
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool read_header() {
    if (!info_ || setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, this, on_read);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, kUnused, kUnusedCount);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // decoders::check_size speaks plainer
    png_read_info(png_, info_);
    return true;
  }

  /// Everything becomes 8-bit gray, gray+alpha, RGB or RGBA.
  bool choose_output() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  /// Reads to the end of the file, so that a missing tail is noticed.
  bool read_pixels(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_image(png_, rows);
    png_read_end(png_, info_);
    return true;
  }

  int width() const { return static_cast<int>(png_get_image_width(png_, info_)); }
  int height() const { return static_cast<int>(png_get_image_height(png_, info_)); }
  int channels() const { return png_get_channels(png_, info_); }

  int orientation() const {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    return png_get_eXIf_1(png_, info_, &size, &exif) ? exif_orientation(exif, size) : 1;
  }

  std::string reason() const { return ended_ ? "truncated PNG" : std::string("damaged PNG: ") + message_; }

 private:
  static void on_error(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(self->message_, message, sizeof(self->message_) - 1);
    png_longjmp(png, 1);
  }
  static void on_read(png_structp png, png_bytep to, std::size_t count) {
    auto* self = static_cast<PngReader*>(png_get_io_ptr(png));
    self->ended_ = count > self->left_;
    if (self->ended_) png_error(png, "unexpected end");
    std::memcpy(to, self->next_, count);
    self->next_ += count;
    self->left_ -= count;
  }

  /// Chunks that take time and memory and do not change our pixels.
  static constexpr png_byte kUnused[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT";
  static constexpr int kUnusedCount = 5;

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  const std::uint8_t* next_;
  std::size_t left_;
  bool ended_ = false;
  char message_[128] = "";
};

}  // namespace

Decoded decode_png(const Input& input) {
  PngReader reader(input.data, input.size);
  if (!reader.read_header()) refuse(input, reader.reason());
  check_size(input, reader.width(), reader.height());
  if (!reader.choose_output()) refuse(input, reader.reason());
  cv::Mat pixels(reader.height(), reader.width(), CV_8UC(reader.channels()));
  std::vector<png_bytep> rows(static_cast<std::size_t>(pixels.rows));
  for (int y = 0; y < pixels.rows; ++y) rows[static_cast<std::size_t>(y)] = pixels.ptr<png_byte>(y);
  if (!reader.read_pixels(rows.data())) refuse(input, reader.reason());
  const bool has_alpha = pixels.channels() % 2 == 0;
  return {has_alpha ? over_black(pixels) : pixels, reader.orientation()};
}

}  // namespace mien::decoders
