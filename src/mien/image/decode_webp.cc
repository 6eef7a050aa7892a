// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decoders.h"

#ifdef MIEN_HAS_WEBP

#include <webp/decode.h>
#ifdef MIEN_HAS_WEBPDEMUX
#include <webp/demux.h>
#endif

#include <cstring>
#include <memory>

#include "mien/image/exif.h"

namespace mien::decoders {

namespace {

std::uint32_t little_u32(const std::uint8_t* at) {
  return at[0] | at[1] << 8 | at[2] << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

/// Orientation in the EXIF chunk of the RIFF container, 1 when there is none.
int orientation(const Input& input) {
  std::size_t at = 12;  // after "RIFF", size, "WEBP"
  while (input.size >= 8 && at <= input.size - 8) {
    const std::size_t length = little_u32(input.data + at + 4), room = input.size - at - 8;
    if (length > room) return 1;
    if (std::memcmp(input.data + at, "EXIF", 4) == 0) return exif_orientation(input.data + at + 8, length);
    at += 8 + length + length % 2;
  }
  return 1;
}

std::string reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return "truncated WebP";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "WebP with an unsupported feature";
    case VP8_STATUS_OUT_OF_MEMORY: return "not enough memory for the WebP image";
    default: return "damaged WebP";
  }
}

#ifdef MIEN_HAS_WEBPDEMUX
struct DeleteDecoder {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

/// The first frame on its canvas, which is transparent where the frame does not cover it.
cv::Mat first_frame(const Input& input, int width, int height) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) refuse(input, "the installed libwebpdemux does not fit the one this program was built with");
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const WebPData data{input.data, input.size};
  const std::unique_ptr<WebPAnimDecoder, DeleteDecoder> decoder(WebPAnimDecoderNew(&data, &options));
  std::uint8_t* canvas = nullptr;
  int time_ms = 0;
  if (!decoder || !WebPAnimDecoderGetNext(decoder.get(), &canvas, &time_ms) || !canvas) refuse(input, "damaged WebP");
  return over_black(cv::Mat(height, width, CV_8UC4, canvas));
}
#else
cv::Mat first_frame(const Input& input, int, int) {
  refuse(input, "an animated WebP, and this build has no libwebpdemux", "extract one frame");
}
#endif

}  // namespace

Decoded decode_webp(const Input& input) {
  if (input.size < 12 || input.size - 8 < little_u32(input.data + 4)) refuse(input, "truncated WebP");
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) refuse(input, "the installed libwebp does not fit the one this program was built with");
  const VP8StatusCode found = WebPGetFeatures(input.data, input.size, &config.input);
  if (found != VP8_STATUS_OK) refuse(input, reason(found));
  check_size(input, config.input.width, config.input.height);
  if (config.input.has_animation) return {first_frame(input, config.input.width, config.input.height), orientation(input)};
  cv::Mat pixels(config.input.height, config.input.width, config.input.has_alpha ? CV_8UC4 : CV_8UC3);
  config.output.colorspace = config.input.has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixels.data, static_cast<int>(pixels.step), pixels.step * static_cast<std::size_t>(pixels.rows)};
  const VP8StatusCode status = WebPDecode(input.data, input.size, &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) refuse(input, reason(status));
  return {config.input.has_alpha ? over_black(pixels) : pixels, orientation(input)};
}

}  // namespace mien::decoders

#else

namespace mien::decoders {

Decoded decode_webp(const Input& input) {
  refuse(input, "a WebP image, and this build has no libwebp", "install libwebp-dev and build again, or convert it to PNG");
}

}  // namespace mien::decoders

#endif
