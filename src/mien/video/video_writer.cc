// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/video_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

#include "mien/base/error.h"
#include "mien/base/io_error.h"
#include "mien/base/temporary_file.h"
#include "mien/base/text.h"
#include "mien/video/audio_copy.h"
#include "mien/video/libav.h"

namespace mien {

namespace {

namespace fs = std::filesystem;
using libav::reason;

constexpr AVRational kTimeBase{1, 90000};
constexpr int kLargestSide = 16384;
/// Key frames come at least this often, so that players and readers can seek.
constexpr double kKeyFrameDistance_s = 2;

struct CloseOutput {
  void operator()(AVFormatContext* output) const {
    avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

const char* container_of(const fs::path& file) {
  const std::string extension = to_lower(file.extension().string());
  if (extension == ".mp4" || extension == ".m4v") return "mp4";
  if (extension == ".mov") return "mov";
  if (extension == ".mkv") return "matroska";
  throw Error(ErrorCode::usage, file.string() + ": expected a video file to write that ends in .mp4, .m4v, .mov or .mkv");
}

void check_options(const fs::path& file, const VideoWriterOptions& o) {
  const auto require = [&](bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::usage, file.string() + ": cannot write a video with " + what);
  };
  require(o.width > 0 && o.height > 0 && o.width <= kLargestSide && o.height <= kLargestSide,
          std::to_string(o.width) + "x" + std::to_string(o.height) + " pixels");
  require(std::isfinite(o.frames_per_second) && o.frames_per_second > 0 && o.frames_per_second <= 1000,
          std::to_string(o.frames_per_second) + " frames per second");
  require(o.quality >= 0 && o.quality <= 51, "quality " + std::to_string(o.quality) + " (0 to 51)");
}

class LibavWriter : public VideoWriter {
 public:
  LibavWriter(const fs::path& file, const VideoWriterOptions& options);
  void write(const cv::Mat& image, double time_s) override;
  void finish() override;

 private:
  [[noreturn]] void fail(const std::string& action, int status) const;
  void open_encoder();
  void begin_file();
  void fill_picture(const cv::Mat& image);
  void encode(const AVFrame* frame);
  void sync();

  fs::path file_, target_;
  VideoWriterOptions options_;
  std::optional<TemporaryFile> temporary_;  ///< goes after what writes it
  libav::Codec encoder_;
  std::unique_ptr<AVFormatContext, CloseOutput> output_;
  std::optional<libav::AudioCopy> audio_;
  AVStream* stream_ = nullptr;
  libav::Scaler to_yuv_;
  libav::Frame picture_ = libav::make_frame();
  libav::Packet packet_ = libav::make_packet();
  double first_s_ = 0, last_s_ = 0;
  std::int64_t frames_ = 0, last_ticks_ = -1;
  bool finished_ = false;
};

void LibavWriter::fail(const std::string& action, int status) const {
  throw Error(ErrorCode::io, file_.string() + ": " + action + ": " + reason(status), io_hint(file_, AVUNERROR(status)));
}

LibavWriter::LibavWriter(const fs::path& file, const VideoWriterOptions& options)
    : file_(file), target_(file), options_(options) {
  libav::silence();
  libav::forget_complaint();
  const char* container = container_of(file);
  check_options(file, options);
  std::error_code ignored;
  const auto status = fs::status(file, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error(ErrorCode::io, file.string() + ": expected a file to write, found something else");
  if (fs::is_symlink(file, ignored) && fs::exists(status)) target_ = fs::canonical(file);
  AVFormatContext* output = nullptr;
  if (avformat_alloc_output_context2(&output, nullptr, container, nullptr) < 0 || !output) throw std::bad_alloc();
  output_.reset(output);
  output_->flags |= AVFMT_FLAG_BITEXACT;
  open_encoder();
  if (!options.audio_from.empty()) audio_.emplace(options.audio_from, *output_);
  begin_file();
}

void LibavWriter::open_encoder() {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  const bool h264 = codec != nullptr;
  if (!codec) codec = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
  if (!codec) throw Error(ErrorCode::usage, file_.string() + ": this FFmpeg can encode neither H.264 nor MPEG-4 video");
  encoder_.reset(avcodec_alloc_context3(codec));
  stream_ = avformat_new_stream(output_.get(), nullptr);
  if (!encoder_ || !stream_) throw std::bad_alloc();
  AVCodecContext& e = *encoder_;
  e.width = (options_.width + 1) / 2 * 2;
  e.height = (options_.height + 1) / 2 * 2;
  e.pix_fmt = AV_PIX_FMT_YUV420P;
  // MPEG-4 stores its time base in 16 bits.
  e.time_base = h264 ? kTimeBase : AVRational{1, 60000};
  e.framerate = av_d2q(options_.frames_per_second, 1 << 20);
  e.gop_size = std::max(1, static_cast<int>(std::lround(kKeyFrameDistance_s * options_.frames_per_second)));
  const bool hd = libav::default_matrix(e.width, e.height) == SWS_CS_ITU709;
  e.colorspace = hd ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  e.color_primaries = hd ? AVCOL_PRI_BT709 : AVCOL_PRI_SMPTE170M;
  e.color_trc = hd ? AVCOL_TRC_BT709 : AVCOL_TRC_SMPTE170M;
  e.color_range = AVCOL_RANGE_MPEG;
  e.chroma_sample_location = AVCHROMA_LOC_LEFT;
  e.flags |= AV_CODEC_FLAG_BITEXACT;
  if (output_->oformat->flags & AVFMT_GLOBALHEADER) e.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  AVDictionary* settings = nullptr;
  if (h264) {
    av_dict_set_int(&settings, "crf", options_.quality, 0);
    av_dict_set(&settings, "preset", "veryfast", 0);
  } else {
    e.flags |= AV_CODEC_FLAG_QSCALE;
    e.global_quality = FF_QP2LAMBDA * std::clamp(options_.quality / 6, 1, 31);
  }
  int status = avcodec_open2(encoder_.get(), codec, &settings);
  av_dict_free(&settings);
  if (status >= 0) status = avcodec_parameters_from_context(stream_->codecpar, encoder_.get());
  if (status < 0) fail("the video encoder cannot be started", status);
  stream_->time_base = e.time_base;
  stream_->avg_frame_rate = e.framerate;
}

void LibavWriter::begin_file() {
  // A file of our own makes sure that nobody else's is overwritten.
  temporary_.emplace(target_);
  const std::string url = "file:" + temporary_->path().string();
  av_freep(&output_->url);
  output_->url = av_strdup(url.c_str());
  int status = avio_open(&output_->pb, url.c_str(), AVIO_FLAG_WRITE);
  if (status < 0) fail("cannot create", status);
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "movflags", "+faststart", 0);
  status = avformat_write_header(output_.get(), &settings);
  av_dict_free(&settings);
  if (status < 0) fail("cannot write", status);
}

/// RGB to the encoder's picture; the last column and row are repeated where a side is odd.
void LibavWriter::fill_picture(const cv::Mat& image) {
  cv::Mat even = image;
  if (image.cols != encoder_->width || image.rows != encoder_->height)
    cv::copyMakeBorder(image, even, 0, encoder_->height - image.rows, 0, encoder_->width - image.cols, cv::BORDER_REPLICATE);
  av_frame_unref(picture_.get());
  picture_->format = encoder_->pix_fmt;
  picture_->width = encoder_->width;
  picture_->height = encoder_->height;
  if (av_frame_get_buffer(picture_.get(), 0) < 0) throw std::bad_alloc();
  if (!to_yuv_) {
    to_yuv_.reset(sws_getContext(even.cols, even.rows, AV_PIX_FMT_RGB24, even.cols, even.rows, encoder_->pix_fmt,
                                 SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP, nullptr, nullptr, nullptr));
    if (!to_yuv_) throw std::bad_alloc();
    const int* matrix = sws_getCoefficients(libav::default_matrix(even.cols, even.rows));
    sws_setColorspaceDetails(to_yuv_.get(), matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
  }
  const std::uint8_t* planes[4] = {even.data};
  const int strides[4] = {static_cast<int>(even.step)};
  sws_scale(to_yuv_.get(), planes, strides, 0, even.rows, picture_->data, picture_->linesize);
}

/// Null = flush.
void LibavWriter::encode(const AVFrame* frame) {
  int status = avcodec_send_frame(encoder_.get(), frame);
  if (status < 0) fail("a frame cannot be encoded", status);
  while ((status = avcodec_receive_packet(encoder_.get(), packet_.get())) >= 0) {
    packet_->stream_index = stream_->index;
    packet_->duration = std::llround(1 / (options_.frames_per_second * av_q2d(encoder_->time_base)));
    av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
    status = av_interleaved_write_frame(output_.get(), packet_.get());
    if (status < 0) fail("cannot write", status);
  }
  if (status != AVERROR(EAGAIN) && status != AVERROR_EOF) fail("a frame cannot be encoded", status);
}

void LibavWriter::write(const cv::Mat& image, double time_s) {
  if (finished_) throw Error(ErrorCode::usage, file_.string() + ": a frame came after the end");
  if (image.type() != CV_8UC3 || image.cols != options_.width || image.rows != options_.height)
    throw Error(ErrorCode::usage, file_.string() + ": expected RGB frames of " + std::to_string(options_.width) + "x" +
                                      std::to_string(options_.height) + ", found " + std::to_string(image.cols) + "x" +
                                      std::to_string(image.rows));
  if (frames_ == 0) first_s_ = time_s;
  const double ticks_real = (time_s - first_s_) / av_q2d(encoder_->time_base);
  if (!std::isfinite(ticks_real) || std::abs(ticks_real) > 1e15 || (frames_ > 0 && !(time_s > last_s_)))
    throw Error(ErrorCode::usage, file_.string() + ": times of frames must grow, found " + std::to_string(time_s) + " s after " +
                                      std::to_string(last_s_) + " s");
  libav::forget_complaint();
  fill_picture(image);
  picture_->pts = std::max<std::int64_t>(std::llround(ticks_real), last_ticks_ + 1);
  last_ticks_ = picture_->pts;
  last_s_ = time_s;
  ++frames_;
  encode(picture_.get());
  if (audio_)
    if (const int status = audio_->copy(first_s_, time_s); status < 0) fail("cannot write the sound", status);
  if (output_->pb->error < 0) fail("cannot write", output_->pb->error);
}

/// To the disk itself, so that the name never leads to half a file, even after a power cut.
void LibavWriter::sync() {
  if (::fsync(temporary_->descriptor()) != 0) fail("cannot flush to disk", AVERROR(errno));
}

void LibavWriter::finish() {
  if (finished_) return;
  if (frames_ == 0) throw Error(ErrorCode::usage, file_.string() + ": a video needs at least one frame");
  libav::forget_complaint();
  encode(nullptr);
  if (audio_)
    if (const int status = audio_->copy(first_s_, last_s_ + 1 / options_.frames_per_second); status < 0)
      fail("cannot write the sound", status);
  int status = av_write_trailer(output_.get());
  if (status < 0) fail("cannot write", status);
  if (output_->pb->error < 0) fail("cannot write", output_->pb->error);
  status = avio_closep(&output_->pb);
  if (status < 0) fail("cannot close", status);
  sync();
  temporary_->put_in_place();
  finished_ = true;
}

}  // namespace

std::unique_ptr<VideoWriter> create_video(const std::filesystem::path& file, const VideoWriterOptions& options) {
  return std::make_unique<LibavWriter>(file, options);
}

}  // namespace mien
