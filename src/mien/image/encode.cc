// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/encode.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <jpeglib.h>
#include <png.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"

namespace mien {

namespace {

void require_encodable(const cv::Mat& image) {
  if (image.empty() || (image.type() != CV_8UC1 && image.type() != CV_8UC3))
    throw Error(ErrorCode::usage, "expected an 8-bit image with 1 or 3 channels to encode, found " +
                                      (image.empty() ? std::string("no pixels") : cv::typeToString(image.type())));
}

void append_png(png_structp png, png_bytep data, png_size_t size) {
  auto* out = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  out->insert(out->end(), data, data + size);
}

bool write_png(png_structp png, png_infop info, const cv::Mat& image, png_bytepp rows, std::vector<std::uint8_t>* out) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_write_fn(png, out, append_png, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.cols), static_cast<png_uint_32>(image.rows), 8,
               image.channels() == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_write_image(png, rows);
  png_write_end(png, info);
  return true;
}

struct JpegErrors {
  jpeg_error_mgr manager;  ///< first, so that libjpeg's pointer to it is a pointer to this
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";
};

/// libjpeg's compressor; `write` returns false after an error.
class JpegWriter {
 public:
  JpegWriter() {
    jpeg_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = [](j_common_ptr jpeg) {
      auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
      jpeg->err->format_message(jpeg, errors->message);
      std::longjmp(errors->jump, 1);
    };
    errors_.manager.output_message = [](j_common_ptr) {};
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&jpeg_);
    std::free(bytes_);
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  bool write(const cv::Mat& image, int quality_percent) {
    if (setjmp(errors_.jump)) return false;
    jpeg_create_compress(&jpeg_);
    jpeg_mem_dest(&jpeg_, &bytes_, &size_);
    jpeg_.image_width = static_cast<JDIMENSION>(image.cols);
    jpeg_.image_height = static_cast<JDIMENSION>(image.rows);
    jpeg_.input_components = image.channels();
    jpeg_.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, quality_percent, TRUE);
    jpeg_start_compress(&jpeg_, TRUE);
    while (jpeg_.next_scanline < jpeg_.image_height) {
      auto* row = const_cast<JSAMPROW>(image.ptr<JSAMPLE>(static_cast<int>(jpeg_.next_scanline)));
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_compress(&jpeg_);
    return true;
  }

  std::vector<std::uint8_t> bytes() const { return {bytes_, bytes_ + size_}; }
  const char* message() const { return errors_.message; }

 private:
  jpeg_compress_struct jpeg_ = {};
  JpegErrors errors_ = {};
  unsigned char* bytes_ = nullptr;
  unsigned long size_ = 0;
};

}  // namespace

std::vector<std::uint8_t> encode_png(const cv::Mat& image) {
  require_encodable(image);
  std::vector<std::uint8_t> out;
  std::vector<png_bytep> rows(static_cast<std::size_t>(image.rows));
  for (int y = 0; y < image.rows; ++y) rows[static_cast<std::size_t>(y)] = const_cast<png_bytep>(image.ptr<png_byte>(y));
  png_structp png = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, nullptr, [](png_structp failed, png_const_charp) { png_longjmp(failed, 1); },
      [](png_structp, png_const_charp) {});
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool written = info && write_png(png, info, image, rows.data(), &out);
  png_destroy_write_struct(&png, &info);
  if (!written) throw Error(ErrorCode::usage, "libpng refused to write an image of " + std::to_string(image.cols) + "x" + std::to_string(image.rows) + " pixels");
  return out;
}

std::vector<std::uint8_t> encode_jpeg(const cv::Mat& image, int quality_percent) {
  require_encodable(image);
  if (quality_percent < 1 || quality_percent > 100)
    throw Error(ErrorCode::usage, "JPEG quality is 1..100 percent, found " + std::to_string(quality_percent));
  JpegWriter writer;
  if (!writer.write(image, quality_percent)) throw Error(ErrorCode::usage, std::string("cannot write JPEG: ") + writer.message());
  return writer.bytes();
}

void write_image(const std::filesystem::path& file, const cv::Mat& image) {
  const std::string extension = to_lower(file.extension().string());
  std::vector<std::uint8_t> bytes;
  if (extension == ".png")
    bytes = encode_png(image);
  else if (extension == ".jpg" || extension == ".jpeg")
    bytes = encode_jpeg(image);
  else
    throw Error(ErrorCode::usage, file.string() + ": cannot write images named '" + extension + "'", "use .png, .jpg or .jpeg");
  write_atomically(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace mien
