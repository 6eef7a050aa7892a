// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/image/color.h"
#include "mien/image/decoders.h"
#include "mien/image/exif.h"

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
constexpr std::array<Known, 10> kKnown = {{
    {0, "GIF8", "a GIF image, which is not supported", kConvert},
    {0, {"II*\0", 4}, "a TIFF image, which is not supported", kConvert},
    {0, {"MM\0*", 4}, "a TIFF image, which is not supported", kConvert},
    {4, "ftyp", "a HEIF/AVIF image or a video, which is not supported", kConvert},
    {0, "P5\n", "a PGM image, which is not supported", kConvert},
    {0, "P6\n", "a PPM image, which is not supported", kConvert},
    {0, "PK", "not an image: begins with 'PK' (an archive)", "unpack the archive first"},
    {0, {"\x1f\x8b", 2}, "not an image: a gzip archive", "unpack the archive first"},
    {0, "version https://git-lfs", "not an image: a Git LFS pointer", "run 'git lfs pull' to get the file itself"},
    {0, "<", "not an image: HTML or XML text", "the download has probably saved an error page"},
}};

[[noreturn]] void refuse_unknown(const Input& input) {
  for (const Known& known : kKnown)
    if (begins_with(input, known.prefix, known.at)) decoders::refuse(input, known.reason, known.hint);
  decoders::refuse(input, "not an image: begins with " + first_bytes(input), "JPEG, PNG, WebP and BMP are supported");
}

Decoded decode_by_content(const Input& input) {
  if (begins_with(input, "\xff\xd8\xff")) return decoders::decode_jpeg(input);
  if (begins_with(input, "\x89PNG\r\n\x1a\n")) return decoders::decode_png(input);
  if (begins_with(input, "RIFF") && begins_with(input, "WEBP", 8)) return decoders::decode_webp(input);
  if (begins_with(input, "BM")) return decoders::decode_bmp(input);
  refuse_unknown(input);
}

}  // namespace

cv::Mat decode_image(const std::uint8_t* data, std::size_t size, const std::string& name, const DecodeOptions& options) {
  const Input input{data, size, name, options};
  if (size == 0) decoders::refuse(input, "the file is 0 bytes");
  if (size > static_cast<std::uint64_t>(options.max_bytes))
    decoders::refuse(input, fmt::format("{} exceed the limit of {}", human_bytes(static_cast<double>(size)),
                                        human_bytes(static_cast<double>(options.max_bytes))));
  const Decoded decoded = decode_by_content(input);
  const cv::Mat upright = apply_orientation(decoded.pixels, decoded.orientation);
  return options.keep_gray ? upright : to_rgb(upright);
}

cv::Mat read_image(const std::filesystem::path& file, const DecodeOptions& options) {
  const std::vector<std::uint8_t> bytes = read_bytes(file, static_cast<std::uint64_t>(options.max_bytes));
  return decode_image(bytes.data(), bytes.size(), file.string(), options);
}

bool has_image_extension(const std::filesystem::path& file) {
  const std::string extension = to_lower(file.extension().string());
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".webp" || extension == ".bmp";
}

}  // namespace mien
