// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// The same coded pictures in containers that keep times in other ways.
#include <gtest/gtest.h>

#include "mien/base/files.h"
#include "mien/video/media_file.h"
#include "mien/video/test_videos.h"

namespace mien {
namespace {

using namespace test_videos;

struct CloseOutput {
  void operator()(AVFormatContext* output) const {
    avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

/// Packs a video's packets into another container, its times moved by `shift_s`.
void repack(const fs::path& from, const fs::path& to, double shift_s) {
  const libav::MediaFile media = libav::open_video_stream(libav::open_container(from), from.string(), 1);
  AVFormatContext* context = nullptr;
  ASSERT_GE(avformat_alloc_output_context2(&context, nullptr, nullptr, to.c_str()), 0);
  const std::unique_ptr<AVFormatContext, CloseOutput> output(context);
  AVStream* stream = avformat_new_stream(context, nullptr);
  avcodec_parameters_copy(stream->codecpar, media.video->codecpar);
  stream->codecpar->codec_tag = 0;
  stream->time_base = {1, 25};
  stream->avg_frame_rate = stream->r_frame_rate = {25, 1};
  ASSERT_GE(avio_open(&context->pb, to.c_str(), AVIO_FLAG_WRITE), 0);
  ASSERT_GE(avformat_write_header(context, nullptr), 0);
  const auto shift = std::llround(shift_s / av_q2d(media.video->time_base));
  for (const libav::Packet p = libav::make_packet(); av_read_frame(media.input.get(), p.get()) >= 0;) {
    p->pts += shift, p->dts += shift, p->stream_index = 0;
    av_packet_rescale_ts(p.get(), media.video->time_base, stream->time_base);
    ASSERT_GE(av_interleaved_write_frame(context, p.get()), 0);
  }
  ASSERT_GE(av_write_trailer(context), 0);
}

class Container : public ::testing::TestWithParam<const char*> {};

TEST_P(Container, GivesTheSameFramesWhereverReadingBegins) {
  const TemporaryFolder folder;
  const fs::path mp4 = folder.path() / "a.mp4", file = folder.path() / (std::string("b.") + GetParam());
  write_numbered(mp4, regular_times(100, 25), {96, 64}, {.frames_per_second = 10});
  const auto expected = read_all(mp4);
  repack(mp4, file, 3.2);
  const auto whole = read_all(file);
  ASSERT_EQ(whole.size(), 100u);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].number, static_cast<std::int64_t>(i));
    EXPECT_NEAR(whole[i].time_s, static_cast<double>(i) / 25, 0.0011) << i;
    EXPECT_EQ(cv::norm(whole[i].image, expected[i].image, cv::NORM_INF), 0) << i;
  }
  for (const double from_s : {0.5, 1.61, 3.3})
    for (const int every : {1, 4}) {
      const auto part = read_all(file, {.from_s = from_s, .every = every});
      ASSERT_FALSE(part.empty());
      std::size_t i = 0;
      for (const auto& frame : whole) {
        if (frame.number % every != 0 || frame.time_s < from_s) continue;
        ASSERT_LT(i, part.size());
        EXPECT_EQ(part[i].number, frame.number) << from_s;
        EXPECT_DOUBLE_EQ(part[i].time_s, frame.time_s);
        EXPECT_EQ(cv::norm(part[i].image, frame.image, cv::NORM_INF), 0) << from_s << " frame " << frame.number;
        ++i;
      }
      EXPECT_EQ(i, part.size());
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Container, ::testing::Values("mkv", "mov", "ts", "flv", "nut"),
                         [](const auto& test) { return std::string(test.param); });

/// A name says nothing: the same bytes with no extension, and with that of something else.
TEST(AnyContainer, IsAVideoByItsContent) {
  const TemporaryFolder folder;
  const fs::path mp4 = folder.path() / "a.mp4";
  write_numbered(mp4, regular_times(20, 25), {96, 64}, {.frames_per_second = 10});
  for (const char* extension : {"mp4", "mkv", "mts", "m2ts", "mov", "3gp", "f4v", "nut", "flv"}) {
    SCOPED_TRACE(extension);
    const fs::path file = folder.path() / (std::string("b.") + extension), plain = folder.path() / (std::string("plain-") + extension);
    ASSERT_NO_FATAL_FAILURE(repack(mp4, file, 0));
    EXPECT_TRUE(has_video_extension(file));
    fs::rename(file, plain);
    EXPECT_EQ(why_no_video(plain), "");
    EXPECT_EQ(read_all(plain).size(), 20u);
  }
}

/// Lists of other files, and a container that names one, open nothing else.
TEST(AnyContainer, LeadsToNoOtherFile) {
  const TemporaryFolder folder;
  write_numbered(folder.path() / "a.mp4", regular_times(20, 25), {96, 64}, {.frames_per_second = 10});
  ASSERT_NO_FATAL_FAILURE(repack(folder.path() / "a.mp4", folder.path() / "a.ts", 0));
  const std::string m3u8 = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.8,\na.ts\n#EXT-X-ENDLIST\n";
  write_atomically(folder.path() / "list.mp4", m3u8);
  write_atomically(folder.path() / "concat.mp4", "ffconcat version 1.0\nfile a.ts\n");
  write_atomically(folder.path() / "words.mp4", "1\n00:00:00,000 --> 00:00:01,000\nhello\n");
  write_atomically(folder.path() / "mpd.mp4", "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"></MPD>");
  write_atomically(folder.path() / "session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n");
  for (const char* name : {"list.mp4", "concat.mp4", "words.mp4", "mpd.mp4", "session.mp4"}) {
    EXPECT_NE(why_no_video(folder.path() / name).find("is not a video"), std::string::npos) << why_no_video(folder.path() / name);
  }
}

TEST(GluedClips, GoOnCountingAndTimeGrows) {
  // Transport streams can be joined by joining their bytes; then times run back in the middle.
  const TemporaryFolder folder;
  write_numbered(folder.path() / "a.mp4", regular_times(60, 25));
  repack(folder.path() / "a.mp4", folder.path() / "a.ts", 0);
  auto bytes = read_bytes(folder.path() / "a.ts");
  const auto once = bytes;
  bytes.insert(bytes.end(), once.begin(), once.end());
  write_atomically(folder.path() / "b.ts", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  for (const double from_s : {0.0, 3.0}) {
    const auto frames = read_all(folder.path() / "b.ts", {.from_s = from_s});
    ASSERT_GT(frames.size(), from_s > 0 ? 30u : 110u);
    for (std::size_t i = 1; i < frames.size(); ++i) {
      // The last packet of the first clip counts as damaged, since nobody knows what followed it.
      EXPECT_LE(frames[i].number, frames[i - 1].number + 2);
      EXPECT_GT(frames[i].time_s, frames[i - 1].time_s);
      EXPECT_EQ(shown_number(frames[i].image), frames[i].number % 60);
    }
    EXPECT_EQ(frames.back().number, 119);
    EXPECT_NEAR(frames.back().time_s, 119 / 25.0, 0.2) << from_s;
  }
}

}  // namespace
}  // namespace mien
