// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/decoders.h"

#ifdef MIEN_HAS_HEIF

#include <libheif/heif.h>

#include <opencv2/imgproc.hpp>

#include <cstring>
#include <memory>

namespace mien::decoders {

namespace {

struct Release {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

std::uint64_t big_endian(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | at[i];
  return value;
}

/// The boxes of the outermost level fill the file: libheif would not miss the end of one that it does not need.
bool boxes_are_whole(const Input& input) {
  std::size_t at = 0;
  while (at < input.size) {
    if (input.size - at < 8) return false;
    std::uint64_t length = big_endian(input.data + at, 4);
    if (length == 0) return true;  // to the end of the file
    if (length == 1 && input.size - at >= 16) length = big_endian(input.data + at + 8, 8);
    if (length < 8 || length > input.size - at) return false;
    at += static_cast<std::size_t>(length);
  }
  return true;
}

[[noreturn]] void refuse_damaged(const Input& input, const heif_error& error) {
  const std::string reason = error.message ? error.message : "";
  if (error.code == heif_error_Unsupported_filetype || error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Plugin_loading_error)
    refuse(input, "unsupported HEIF/AVIF: " + reason, "convert it to JPEG or PNG");
  refuse(input, "damaged HEIF/AVIF: " + reason);
}

void require(const Input& input, const heif_error& error) {
  if (error.code != heif_error_Ok) refuse_damaged(input, error);
}

/// libaom where it is there: the other decoder of AV1, dav1d, prints what it thinks of damaged files. Null = libheif's choice.
const char* quiet_decoder(const Input& input) {
  if (input.size < 12 || std::memcmp(input.data + 8, "avi", 3) != 0) return nullptr;
  const heif_decoder_descriptor* found[8] = {};
  const int count = heif_get_decoder_descriptors(heif_compression_AV1, found, 8);
  for (int i = 0; i < count; ++i)
    if (std::strcmp(heif_decoder_descriptor_get_id_name(found[i]), "aom") == 0) return "aom";
  return nullptr;
}

/// Interleaved 8-bit RGB or RGBA, turned and cut as the file says.
Owned<heif_image> decode(const Input& input, const heif_image_handle* handle, bool alpha) {
  const Owned<heif_decoding_options> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  options->strict_decoding = 1;
  if (options->version >= 4) options->decoder_id = quiet_decoder(input);
  heif_image* image = nullptr;
  const heif_error error = heif_decode_image(handle, &image, heif_colorspace_RGB,
                                             alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  Owned<heif_image> owned(image);
  require(input, error);
  return owned;
}

}  // namespace

Decoded decode_heif(const Input& input) {
  if (!boxes_are_whole(input)) refuse(input, "damaged or truncated HEIF/AVIF");
  const Owned<heif_context> context(heif_context_alloc());
  heif_context_set_max_decoding_threads(context.get(), 0);  // the caller's thread alone
  require(input, heif_context_read_from_memory_without_copy(context.get(), input.data, input.size, nullptr));
  heif_image_handle* raw = nullptr;
  const heif_error found = heif_context_get_primary_image_handle(context.get(), &raw);
  const Owned<heif_image_handle> handle(raw);
  require(input, found);
  check_size(input, heif_image_handle_get_width(raw), heif_image_handle_get_height(raw));
  const bool alpha = heif_image_handle_has_alpha_channel(raw) != 0;
  const Owned<heif_image> image = decode(input, raw, alpha);
  const int width = heif_image_get_width(image.get(), heif_channel_interleaved), height = heif_image_get_height(image.get(), heif_channel_interleaved);
  check_size(input, width, height);
  int stride = 0;
  const std::uint8_t* plane = heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
  if (!plane || stride < width * (alpha ? 4 : 3)) refuse(input, "damaged HEIF/AVIF: no pixels");
  const cv::Mat pixels(height, width, alpha ? CV_8UC4 : CV_8UC3, const_cast<std::uint8_t*>(plane), static_cast<std::size_t>(stride));
  if (!alpha) return {pixels.clone(), 1};
  if (!heif_image_handle_is_premultiplied_alpha(raw)) return {over_black(pixels), 1};
  cv::Mat rgb;
  cv::cvtColor(pixels, rgb, cv::COLOR_RGBA2RGB);
  return {rgb, 1};
}

}  // namespace mien::decoders

#else

namespace mien::decoders {

Decoded decode_heif(const Input& input) {
  refuse(input, "a HEIC or AVIF image, and this build has no libheif", "install libheif-dev and build again, or convert it to JPEG");
}

}  // namespace mien::decoders

#endif
