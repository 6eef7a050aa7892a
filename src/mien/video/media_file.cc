// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/media_file.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

#include "mien/base/error.h"
#include "mien/video/promised_size.h"

namespace mien::libav {

namespace {

namespace fs = std::filesystem;

/// Larger pictures are refused before memory is taken.
constexpr std::int64_t kMostPixels = 100'000'000;

/// What FFmpeg takes for videos and is none: lists of other files and addresses, and texts. Every other container that it opens is taken;
/// that a file leads to no other one is seen to by `open_only_itself` for all of them.
constexpr std::array<std::string_view, 15> kLists = {"hls",  "applehttp", "dash", "concat", "concatf",    "imf",    "sdp",  "webm_dash_manifest",
                                                     "rtsp", "sap",       "tty",  "vobsub", "ffmetadata", "lavfi", "avisynth"};
constexpr std::array<std::string_view, 10> kSounds = {"mp3", "wav", "flac", "aac", "ac3", "aiff", "au", "amr", "caf", "eac3"};

[[noreturn]] void refuse(const std::string& name, const std::string& why, const std::string& hint = {}) {
  throw Error(ErrorCode::bad_file, name + ": " + why, hint);
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_kind(const AVInputFormat& kind, const std::string& name) {
  const std::string_view format = kind.name;
  if (contains(kSounds, format)) refuse(name, "holds sound only, no video");
  if (format.ends_with("_pipe") || format == "image2" || format == "apng" || format == "webp")
    refuse(name, "is a picture, not a video", "Give it the extension of its format to analyse it as a picture.");
  const bool is_text = format == "srt" || format == "webvtt" || format == "ass" || format.find("subtitle") != std::string_view::npos;
  if (contains(kLists, format) || is_text || (kind.flags & AVFMT_NOFILE) != 0)
    refuse(name, "is not a video (looks like " + std::string(kind.long_name ? kind.long_name : kind.name) + ")");
}

struct CloseBytes {
  void operator()(AVIOContext* bytes) const { avio_closep(&bytes); }
};
using Bytes = std::unique_ptr<AVIOContext, CloseBytes>;

/// The prefix keeps names like "http:x" or "concat:a|b" from being anything but files.
std::string url(const fs::path& file) { return "file:" + file.string(); }

/// FFmpeg's way to open what a container names, and the container itself: here the container alone.
int open_only_itself(AVFormatContext* input, AVIOContext** bytes, const char* address, int flags, AVDictionary** options) {
  if (!input->url || std::string_view(address) != input->url) return AVERROR(EPERM);
  return avio_open2(bytes, address, flags, &input->interrupt_callback, options);
}

Bytes open_bytes(const fs::path& file) {
  std::error_code ignored;
  const auto status = fs::status(file, ignored);
  if (!fs::exists(status)) throw Error(ErrorCode::not_found, file.string() + ": no such file");
  if (!fs::is_regular_file(status))
    throw Error(ErrorCode::not_found, file.string() + ": expected a video file, found something else");
  if (fs::file_size(file, ignored) == 0) refuse(file.string(), "is empty");
  AVIOContext* bytes = nullptr;
  const int code = avio_open(&bytes, url(file).c_str(), AVIO_FLAG_READ);
  if (code < 0)
    throw Error(ErrorCode::io, file.string() + ": cannot open: " + reason(code), "Check the owner and the permissions.");
  return Bytes(bytes);
}

bool is_attached_picture(const AVStream& stream) { return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0; }

/// -1 when there is none.
int find_video_stream(AVFormatContext& input) {
  const int best = av_find_best_stream(&input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (best >= 0 && !is_attached_picture(*input.streams[best])) return best;
  for (unsigned i = 0; i < input.nb_streams; ++i)
    if (input.streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !is_attached_picture(*input.streams[i]))
      return static_cast<int>(i);
  return -1;
}

Codec open_decoder(const AVStream& stream, const std::string& name, int threads) {
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  if (!codec)
    refuse(name, std::string("no decoder for its video codec (") + avcodec_get_name(stream.codecpar->codec_id) + ")",
           "Convert it to H.264, or install an FFmpeg with that decoder.");
  Codec decoder(avcodec_alloc_context3(codec));
  if (!decoder) throw std::bad_alloc();
  decoder->max_pixels = kMostPixels;
  decoder->thread_count = threads;
  decoder->pkt_timebase = stream.time_base;
  int status = avcodec_parameters_to_context(decoder.get(), stream.codecpar);
  if (status >= 0) status = avcodec_open2(decoder.get(), codec, nullptr);
  if (status < 0) refuse(name, std::string("cannot start the ") + codec->name + " decoder: " + reason(status));
  return decoder;
}

}  // namespace

Input open_container(const fs::path& file) {
  silence();
  forget_complaint();
  const AVInputFormat* kind = nullptr;
  int status = av_probe_input_buffer2(open_bytes(file).get(), &kind, nullptr, nullptr, 0, 0);
  if (status < 0 || !kind) refuse(file.string(), "is not a video: no known container was recognised");
  check_kind(*kind, file.string());
  forget_complaint();
  AVFormatContext* input = avformat_alloc_context();
  if (!input) throw std::bad_alloc();
  input->io_open = open_only_itself;
  status = avformat_open_input(&input, url(file).c_str(), kind, nullptr);
  if (status < 0) refuse(file.string(), "cannot be read as a video: " + reason(status));
  return Input(input);
}

bool is_cut_off(const fs::path& file) {
  std::array<std::uint8_t, 4096> beginning;
  const int read = avio_read(open_bytes(file).get(), beginning.data(), static_cast<int>(beginning.size()));
  const auto promised = read > 0 ? promised_size(beginning.data(), static_cast<std::size_t>(read)) : std::nullopt;
  std::error_code ignored;
  return promised && fs::file_size(file, ignored) < *promised;
}

MediaFile open_video_stream(Input input, const std::string& name, int threads) {
  forget_complaint();
  int status = avformat_find_stream_info(input.get(), nullptr);
  if (status < 0) refuse(name, "cannot be read as a video: " + reason(status));
  const int index = find_video_stream(*input);
  if (index < 0) refuse(name, input->nb_streams > 0 ? "has no video stream (sound or pictures only)" : "has no streams");
  MediaFile media;
  media.name = name;
  media.video = input->streams[index];
  media.decoder = open_decoder(*media.video, name, threads);
  for (unsigned i = 0; i < input->nb_streams; ++i)
    if (static_cast<int>(i) != index) input->streams[i]->discard = AVDISCARD_ALL;
  media.input = std::move(input);
  return media;
}

}  // namespace mien::libav
