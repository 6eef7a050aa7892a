// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/image/color.h"
#include "mien/image/decoders.h"
#include "mien/image/exif.h"
#include "mien/image/image_format.h"
#include "mien/image/picture.h"

namespace mien {

namespace decoders {

void refuse(const Input& input, const std::string& reason, const std::string& hint) {
  throw Error(ErrorCode::bad_file, input.name + ": " + reason, hint);
}

void check_size(const Input& input, std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0) refuse(input, fmt::format("the image has no pixels ({} x {})", width, height));
  if (width > input.options.max_pixels / height)
    refuse(input,
           fmt::format("{} x {} pixels exceed the limit of {} pixels", width, height, with_commas(input.options.max_pixels)));
}

cv::Mat over_black(const cv::Mat& with_alpha) {
  const int channels = with_alpha.channels() - 1;
  cv::Mat out(with_alpha.size(), CV_8UC(channels));
  for (int y = 0; y < out.rows; ++y) {
    const std::uint8_t* in = with_alpha.ptr<std::uint8_t>(y);
    std::uint8_t* to = out.ptr<std::uint8_t>(y);
    for (int x = 0; x < out.cols; ++x, in += channels + 1, to += channels)
      for (int c = 0; c < channels; ++c) {
        const unsigned product = in[c] * in[channels] + 128u;  // rounded division by 255
        to[c] = static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
      }
  }
  return out;
}

}  // namespace decoders

namespace {

using decoders::Decoded;
using decoders::Input;

bool begins_with(const Input& input, std::string_view prefix, std::size_t at = 0) {
  return input.size >= at + prefix.size() && std::equal(prefix.begin(), prefix.end(), input.data + at,
                                                        [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// The first bytes for a message: text in quotes, or hexadecimal.
std::string first_bytes(const Input& input) {
  const std::size_t count = std::min<std::size_t>(input.size, 8);
  std::string text, hex;
  for (std::size_t i = 0; i < count; ++i) {
    if (input.data[i] >= 32 && input.data[i] < 127) text += static_cast<char>(input.data[i]);
    hex += fmt::format("{}{:02x}", i ? " " : "", input.data[i]);
  }
  if (text.size() == count) return "'" + text + "'";
  return "bytes " + hex;
}

struct Known {
  std::size_t at;
  std::string_view prefix;
  const char* reason;
  const char* hint;
};
constexpr const char* kConvert = "convert it to JPEG or PNG";
constexpr std::array<Known, 8> kKnown = {{
    {4, "ftyp", "a video, not a picture", "mien analyze looks at videos"},
    {0, "P5\n", "a PGM image, which is not supported", kConvert},
    {0, "P6\n", "a PPM image, which is not supported", kConvert},
    {4, "jP  ", "a JPEG 2000 image, which is not supported", kConvert},
    {0, "PK", "not an image: begins with 'PK' (an archive)", "unpack the archive first"},
    {0, {"\x1f\x8b", 2}, "not an image: a gzip archive", "unpack the archive first"},
    {0, "version https://git-lfs", "not an image: a Git LFS pointer", "run 'git lfs pull' to get the file itself"},
    {0, "<", "not an image: HTML or XML text", "the download has probably saved an error page"},
}};

[[noreturn]] void refuse_unknown(const Input& input) {
  for (const Known& known : kKnown)
    if (begins_with(input, known.prefix, known.at)) decoders::refuse(input, known.reason, known.hint);
  decoders::refuse(input, "not an image: begins with " + first_bytes(input), "JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC and AVIF are supported");
}

/// One line a format. Which of them a build has is the decoder's own business: it refuses what it lacks by name.
struct Decoder {
  ImageFormat format;
  Decoded (*decode)(const Input&);
};
constexpr std::array<Decoder, 7> kDecoders = {{
    {ImageFormat::jpeg, decoders::decode_jpeg},
    {ImageFormat::png, decoders::decode_png},
    {ImageFormat::webp, decoders::decode_webp},
    {ImageFormat::bmp, decoders::decode_bmp},
    {ImageFormat::tiff, decoders::decode_tiff},
    {ImageFormat::gif, decoders::decode_gif},
    {ImageFormat::heif, decoders::decode_heif},
}};

Decoded decode_by_content(const Input& input) {
  const ImageFormat format = image_format(input.data, input.size);
  for (const Decoder& decoder : kDecoders)
    if (decoder.format == format) return decoder.decode(input);
  refuse_unknown(input);
}

/// Whatever a decoder's library throws is the file's failure.
Decoded decode_or_refuse(const Input& input) {
  try {
    return decode_by_content(input);
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    decoders::refuse(input, "not enough memory to decode it");
  } catch (const std::exception& error) {
    decoders::refuse(input, std::string("cannot be decoded: ") + error.what());
  }
}

Picture decode_upright(const Input& input) {
  if (input.size == 0) decoders::refuse(input, "the file is 0 bytes");
  const DecodeOptions& options = input.options;
  if (input.size > static_cast<std::uint64_t>(options.max_bytes))
    decoders::refuse(input, fmt::format("{} exceed the limit of {}", human_bytes(static_cast<double>(input.size)),
                                        human_bytes(static_cast<double>(options.max_bytes))));
  const Decoded decoded = decode_or_refuse(input);
  const cv::Mat upright = apply_orientation(decoded.pixels, decoded.orientation);
  Picture picture{options.keep_gray ? upright : to_rgb(upright), upright.size()};
  if (!decoded.full_size.empty())
    picture.full_size = decoded.orientation >= 5 ? cv::Size(decoded.full_size.height, decoded.full_size.width) : decoded.full_size;
  return picture;
}

}  // namespace

cv::Mat decode_image(const std::uint8_t* data, std::size_t size, const std::string& name, const DecodeOptions& options) {
  return decode_upright({data, size, name, options}).pixels;
}

Picture decode_picture(const std::uint8_t* data, std::size_t size, const std::string& name, const DecodeOptions& options) {
  return decode_upright({data, size, name, options, true});
}

cv::Mat read_image(const std::filesystem::path& file, const DecodeOptions& options) {
  const std::vector<std::uint8_t> bytes = read_bytes(file, static_cast<std::uint64_t>(options.max_bytes));
  return decode_image(bytes.data(), bytes.size(), file.string(), options);
}

bool has_image_extension(const std::filesystem::path& file) {
  constexpr std::array<std::string_view, 14> extensions = {".jpg", ".jpeg", ".jpe",  ".jfif", ".png",  ".webp", ".bmp",
                                                           ".dib", ".tif",  ".tiff", ".gif",  ".heic", ".heif", ".avif"};
  return std::find(extensions.begin(), extensions.end(), to_lower(file.extension().string())) != extensions.end();
}

}  // namespace mien
