// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/rgb_conversion.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <bit>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <utility>

#include "mien/base/error.h"
#include "mien/video/planar_yuv.h"

namespace mien::libav {

namespace {

/// "j" formats are the plain ones with full range.
AVPixelFormat without_range(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
    default: return format;
  }
}

bool full_range(const AVFrame& frame, const AVPixFmtDescriptor& format) {
  if (frame.color_range != AVCOL_RANGE_UNSPECIFIED) return frame.color_range == AVCOL_RANGE_JPEG;
  return without_range(static_cast<AVPixelFormat>(frame.format)) != frame.format || format.nb_components <= 2;
}

/// SWS_CS_*; the numbers are those of AVColorSpace.
int matrix(const AVFrame& frame) {
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709: return SWS_CS_ITU709;
    case AVCOL_SPC_FCC: return SWS_CS_FCC;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M: return SWS_CS_ITU601;
    case AVCOL_SPC_SMPTE240M: return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL: return SWS_CS_BT2020;
    default: return default_matrix(frame.width, frame.height);
  }
}

/// Weights of red and blue in luma: ITU-R BT.601, BT.709, BT.2020, SMPTE 240M, FCC 47 CFR 73.682.
std::pair<double, double> luma_weights(int matrix) {
  switch (matrix) {
    case SWS_CS_ITU709: return {0.2126, 0.0722};
    case SWS_CS_FCC: return {0.30, 0.11};
    case SWS_CS_SMPTE240M: return {0.212, 0.087};
    case SWS_CS_BT2020: return {0.2627, 0.0593};
    default: return {0.299, 0.114};
  }
}

/// The picture as planar_yuv_to_rgb() takes it; none when it is of another kind.
std::optional<PlanarYuv> planar_yuv(const AVFrame& frame, const AVPixFmtDescriptor& format) {
  constexpr std::uint64_t other_kinds = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                                        AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER |
                                        AV_PIX_FMT_FLAG_ALPHA;
  const int bits = format.comp[0].depth;
  if (format.nb_components != 3 || (format.flags & other_kinds) || !(format.flags & AV_PIX_FMT_FLAG_PLANAR) ||
      av_pix_fmt_count_planes(static_cast<AVPixelFormat>(frame.format)) != 3 || bits < 8 || bits > 12 ||
      format.log2_chroma_w > 1 || format.log2_chroma_h > 1 || frame.colorspace == AVCOL_SPC_RGB ||
      frame.colorspace == AVCOL_SPC_YCGCO)
    return std::nullopt;
  const bool big_endian = (format.flags & AV_PIX_FMT_FLAG_BE) != 0;
  if (bits > 8 && big_endian != (std::endian::native == std::endian::big)) return std::nullopt;
  PlanarYuv picture;
  for (int i = 0; i < 3; ++i) {
    if (format.comp[i].shift != 0) return std::nullopt;
    picture.planes[i] = frame.data[format.comp[i].plane];
    picture.stride_bytes[i] = frame.linesize[format.comp[i].plane];
  }
  picture.width = frame.width, picture.height = frame.height, picture.bits = bits;
  picture.half_width = format.log2_chroma_w == 1, picture.half_height = format.log2_chroma_h == 1;
  picture.full_range = full_range(frame, format);
  picture.centred_chroma = frame.chroma_location == AVCHROMA_LOC_CENTER;
  std::tie(picture.red_weight, picture.blue_weight) = luma_weights(matrix(frame));
  return picture;
}

cv::Mat upright(cv::Mat image, cv::Size displayed, const Orientation& orientation) {
  const cv::Size stored = orientation.transpose ? cv::Size(displayed.height, displayed.width) : displayed;
  if (image.size() != stored) {
    cv::Mat resized;
    cv::resize(image, resized, stored, 0, 0, stored.area() < image.size().area() ? cv::INTER_AREA : cv::INTER_LINEAR);
    image = resized;
  }
  if (orientation.transpose) {
    cv::Mat turned;
    cv::transpose(image, turned);
    image = turned;
  }
  if (orientation.flip_x || orientation.flip_y)
    cv::flip(image, image, orientation.flip_x && orientation.flip_y ? -1 : orientation.flip_x);
  return image;
}

}  // namespace

Orientation orientation_of(const std::int32_t* m) {
  if (!m) return {};
  // A stored point (p, q) is displayed at (m0 p + m3 q, m1 p + m4 q).
  const auto size = [](std::int32_t v) { return std::abs(static_cast<double>(v)); };
  if (size(m[0]) + size(m[4]) >= size(m[1]) + size(m[3])) return {.flip_x = m[0] < 0, .flip_y = m[4] < 0};
  return {.transpose = true, .flip_x = m[3] < 0, .flip_y = m[1] < 0};
}

cv::Size displayed_size(int width, int height, AVRational pixel_aspect, const Orientation& orientation) {
  const double aspect = pixel_aspect.num > 0 && pixel_aspect.den > 0 ? av_q2d(pixel_aspect) : 1;
  const bool sensible = aspect > 0.2 && aspect < 5;
  const cv::Size square(sensible ? std::max(1, static_cast<int>(std::lround(width * aspect))) : width, height);
  return orientation.transpose ? cv::Size(square.height, square.width) : square;
}

cv::Mat RgbConversion::by_swscale(const AVFrame& frame, const std::string& name) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  if (description && sws_isSupportedInput(format))
    scaler_.reset(sws_getCachedContext(
        scaler_.release(), frame.width, frame.height, without_range(format), frame.width, frame.height, AV_PIX_FMT_RGB24,
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
  else
    scaler_.reset();
  if (!scaler_)
    throw Error(ErrorCode::bad_file, name + ": the pixel format " + (description ? description->name : "of this video") +
                                         " cannot be converted to RGB");
  const int* coefficients = sws_getCoefficients(matrix(frame));
  sws_setColorspaceDetails(scaler_.get(), coefficients, full_range(frame, *description), coefficients, 1, 0, 1 << 16, 1 << 16);
  // One more row: swscale's vector code may write a little past the last pixel.
  cv::Mat rgb = cv::Mat(frame.height + 1, frame.width, CV_8UC3).rowRange(0, frame.height);
  std::uint8_t* planes[4] = {rgb.data};
  const int strides[4] = {static_cast<int>(rgb.step)};
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides);
  return rgb;
}

cv::Mat RgbConversion::operator()(const AVFrame& frame, cv::Size displayed, const Orientation& orientation,
                                  const std::string& name) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const auto planar = format ? planar_yuv(frame, *format) : std::nullopt;
  return upright(planar ? planar_yuv_to_rgb(*planar) : by_swscale(frame, name), displayed, orientation);
}

}  // namespace mien::libav
