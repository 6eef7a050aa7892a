// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/rgb_conversion.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>

#include "mien/base/error.h"

namespace mien::libav {
namespace {

std::ptrdiff_t plane_bytes(const AVFrame& frame, int plane) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const int shift = plane == 0 ? 0 : format->log2_chroma_h;
  return static_cast<std::ptrdiff_t>(frame.linesize[plane]) * AV_CEIL_RSHIFT(frame.height, shift);
}

Frame plain_frame(AVPixelFormat format, int width, int height, int y, int u, int v) {
  Frame frame = make_frame();
  frame->format = format, frame->width = width, frame->height = height;
  av_frame_get_buffer(frame.get(), 0);
  const int values[3] = {y, u, v};
  for (int i = 0; i < 3 && frame->data[i]; ++i)
    std::fill_n(frame->data[i], plane_bytes(*frame, i), static_cast<std::uint8_t>(values[i]));
  return frame;
}

cv::Vec3b convert_one(const AVFrame& frame) {
  return RgbConversion()(frame, cv::Size(frame.width, frame.height), {}, "test").at<cv::Vec3b>(frame.height / 2, frame.width / 2);
}

TEST(RgbConversion, TakesTheMatrixFromThePictureOrItsSize) {
  const auto red_601 = [](Frame frame, AVColorSpace space) {
    frame->colorspace = space;
    return convert_one(*frame);
  };
  const auto is_red = [](const cv::Vec3b& c) { return c[0] > 252 && c[1] < 3 && c[2] < 3; };
  // (81, 90, 240) is red in BT.601, (63, 102, 240) in BT.709.
  EXPECT_TRUE(is_red(red_601(plain_frame(AV_PIX_FMT_YUV420P, 64, 48, 81, 90, 240), AVCOL_SPC_SMPTE170M)));
  EXPECT_TRUE(is_red(red_601(plain_frame(AV_PIX_FMT_YUV420P, 64, 48, 81, 90, 240), AVCOL_SPC_UNSPECIFIED)));
  EXPECT_FALSE(is_red(red_601(plain_frame(AV_PIX_FMT_YUV420P, 64, 48, 81, 90, 240), AVCOL_SPC_BT709)));
  EXPECT_TRUE(is_red(red_601(plain_frame(AV_PIX_FMT_YUV420P, 1280, 720, 63, 102, 240), AVCOL_SPC_UNSPECIFIED)));
  EXPECT_TRUE(is_red(red_601(plain_frame(AV_PIX_FMT_YUV420P, 64, 48, 63, 102, 240), AVCOL_SPC_BT709)));
}

TEST(RgbConversion, TakesTheRangeFromThePicture) {
  const Frame limited = plain_frame(AV_PIX_FMT_YUV420P, 16, 16, 235, 128, 128);
  EXPECT_EQ(convert_one(*limited), cv::Vec3b(255, 255, 255));
  limited->color_range = AVCOL_RANGE_JPEG;
  EXPECT_EQ(convert_one(*limited), cv::Vec3b(235, 235, 235));
  EXPECT_EQ(convert_one(*plain_frame(AV_PIX_FMT_YUVJ420P, 16, 16, 235, 128, 128)), cv::Vec3b(235, 235, 235));
}

TEST(RgbConversion, ConvertsOtherLayoutsAlike) {
  // NV12, packed 4:2:2 (cameras), alpha and gray go through swscale: the same colour, a level or two apart.
  const cv::Vec3b expected = convert_one(*plain_frame(AV_PIX_FMT_YUV420P, 32, 32, 120, 90, 170));
  Frame nv12 = plain_frame(AV_PIX_FMT_NV12, 32, 32, 120, 0, 0);
  for (int i = 0; i < plane_bytes(*nv12, 1); ++i) nv12->data[1][i] = i % 2 == 0 ? 90 : 170;
  Frame yuyv = plain_frame(AV_PIX_FMT_YUYV422, 32, 32, 120, 0, 0);
  for (int i = 1; i < plane_bytes(*yuyv, 0); i += 2) yuyv->data[0][i] = i % 4 == 1 ? 90 : 170;
  const Frame alpha = plain_frame(AV_PIX_FMT_YUVA420P, 32, 32, 120, 90, 170);
  for (const AVFrame* frame : {nv12.get(), yuyv.get(), alpha.get()})
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(convert_one(*frame)[c], expected[c], 2) << frame->format;
  EXPECT_EQ(convert_one(*plain_frame(AV_PIX_FMT_GRAY8, 32, 32, 77, 0, 0)), cv::Vec3b(77, 77, 77));
}

TEST(RgbConversion, ConvertsOddSizesOfEveryLayout) {
  for (const auto format :
       {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUYV422, AV_PIX_FMT_RGB24,
        AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV411P, AV_PIX_FMT_BGRA, AV_PIX_FMT_P010LE})
    for (const cv::Size size : {cv::Size(17, 9), cv::Size(1, 1), cv::Size(2, 5)}) {
      const Frame frame = plain_frame(format, size.width, size.height, 100, 128, 128);
      if (size.width < 2 && format == AV_PIX_FMT_YUYV422) continue;
      EXPECT_EQ(RgbConversion()(*frame, size, {}, "test").size(), size) << format;
    }
}

/// A frame whose left half is dark and right half bright.
Frame two_halves() {
  Frame frame = plain_frame(AV_PIX_FMT_YUV420P, 40, 20, 60, 128, 128);
  for (int y = 0; y < 20; ++y)
    for (int x = 20; x < 40; ++x) frame->data[0][y * frame->linesize[0] + x] = 200;
  return frame;
}

TEST(RgbConversion, TurnsAsTheDisplayMatrixSays) {
  const Frame frame = two_halves();
  for (const int degrees : {0, 90, 180, 270}) {
    std::int32_t matrix[9];
    av_display_rotation_set(matrix, degrees);  // clockwise; av_display_rotation_get() tells anticlockwise
    const double clockwise = -av_display_rotation_get(matrix);
    const Orientation orientation = orientation_of(matrix);
    const cv::Size size = displayed_size(40, 20, {0, 1}, orientation);
    const cv::Mat rgb = RgbConversion()(*frame, size, orientation, "test");
    const bool upright = degrees % 180 == 0;
    ASSERT_EQ(rgb.size(), upright ? cv::Size(40, 20) : cv::Size(20, 40));
    // The bright right side goes down with a quarter turn clockwise.
    const double radians = clockwise * CV_PI / 180;
    const cv::Point2d towards(std::cos(radians), std::sin(radians));
    const cv::Point bright(cvRound((size.width - 1) * (0.5 + 0.4 * towards.x)),
                           cvRound((size.height - 1) * (0.5 + 0.4 * towards.y)));
    const cv::Point dark(size.width - 1 - bright.x, size.height - 1 - bright.y);
    EXPECT_GT(rgb.at<cv::Vec3b>(bright)[0], 190) << degrees;
    EXPECT_LT(rgb.at<cv::Vec3b>(dark)[0], 80) << degrees;
  }
}

TEST(RgbConversion, MirrorsAsTheDisplayMatrixSays) {
  std::int32_t matrix[9];
  av_display_rotation_set(matrix, 0);
  av_display_matrix_flip(matrix, 1, 0);
  const cv::Mat rgb = RgbConversion()(*two_halves(), {40, 20}, orientation_of(matrix), "test");
  EXPECT_GT(rgb.at<cv::Vec3b>(10, 5)[0], 190);
  EXPECT_LT(rgb.at<cv::Vec3b>(10, 35)[0], 80);
}

TEST(RgbConversion, MakesPixelsSquare) {
  EXPECT_EQ(displayed_size(720, 576, {16, 15}, {}), cv::Size(768, 576));
  EXPECT_EQ(displayed_size(720, 480, {8, 9}, {.transpose = true}), cv::Size(480, 640));
  EXPECT_EQ(displayed_size(100, 50, {1000, 1}, {}), cv::Size(100, 50));
  EXPECT_EQ(displayed_size(100, 50, {-3, 0}, {}), cv::Size(100, 50));
  const cv::Mat rgb = RgbConversion()(*two_halves(), {60, 20}, {}, "test");
  EXPECT_LT(rgb.at<cv::Vec3b>(10, 27)[0], 80);
  EXPECT_GT(rgb.at<cv::Vec3b>(10, 32)[0], 190);
}

TEST(RgbConversion, RefusesWhatItCannotConvert) {
  Frame frame = plain_frame(AV_PIX_FMT_GRAY8, 16, 16, 0, 0, 0);
  frame->format = AV_PIX_FMT_VAAPI;
  EXPECT_THROW(RgbConversion()(*frame, {16, 16}, {}, "test"), Error);
  frame->format = -1;
  EXPECT_THROW(RgbConversion()(*frame, {16, 16}, {}, "test"), Error);
}

}  // namespace
}  // namespace mien::libav
