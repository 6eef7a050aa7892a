// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/result_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "mien/results/results_for_tests.h"
#include "mien/base/error.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::three_classes;
using testing::written;

/// The error's code, text and hint.
struct Failure {
  ErrorCode code = ErrorCode::interrupted;
  std::string text, hint;
};
template <typename Action>
Failure failure_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what(), error.hint()};
  }
  return {};
}

/// Values that rounding twice, to different decimals, would change.
std::vector<FrameResult> awkward_frames(int count) {
  std::vector<FrameResult> frames;
  for (int i = 0; i < count; ++i) {
    FaceResult face = full_face();
    face.box = {0.0049F * static_cast<float>(i), 10.0449F, 20.00499F, 1e5F + 0.013F * static_cast<float>(i)};
    face.probabilities = {0.1249996F, 0.8749949F - 0.001F * static_cast<float>(i), 0.0004499F};
    face.raw_probabilities = face.probabilities;
    face.valence = -0.00004F;
    face.action_units.assign(18, 0.49949F);
    face.pose.yaw_deg = -0.0049 * i;
    FrameResult frame = frame_of("v\xE9.mp4", {face, FaceResult()}, true, i, i / 29.97);
    if (i % 5 == 3) frame.faces.clear();
    frames.push_back(frame);
  }
  frames.push_back(failed_frame("broken\xFF.jpg", "broken\xFF.jpg: \"bad\"\nfile"));
  return frames;
}

AnalysisInfo awkward_info() {
  AnalysisInfo info = three_classes();
  info.has_raw_probabilities = info.has_valence_arousal = info.has_action_units = info.has_identities = true;
  return info;
}

TEST(ResultWriter, KnowsItsFormats) {
  EXPECT_EQ(result_formats(), (std::vector<std::string>{"jsonl", "csv", "openface", "pyfeat", "deepface", "html"}));
  Failure failure = failure_of([] { (void)make_result_writer({"parquet", "/tmp/x"}, {}); });
  EXPECT_EQ(failure.code, ErrorCode::usage);
  EXPECT_NE(failure.hint.find("\"csv\" and \"jsonl\""), std::string::npos);
  failure = failure_of([] { (void)make_result_writer({"cvs", "/tmp/x"}, {}); });
  EXPECT_EQ(failure.code, ErrorCode::usage);
  EXPECT_NE(failure.hint.find("jsonl, csv, openface, pyfeat, deepface, html"), std::string::npos);
}

TEST(ResultWriter, FullDiskAndPlacesThatAreNotThereAreNamed) {
  for (const auto& format : result_formats()) {
    if (format != "openface") {  // a name without .csv is a folder
      const Failure failure = failure_of([&] {
        const auto writer = make_result_writer({format, "/dev/full"}, three_classes());
        writer->write(frame_of("a.mp4", {full_face()}, true), {});
        writer->finish();
      });
      EXPECT_EQ(failure.code, ErrorCode::io) << format;
      EXPECT_EQ(failure.text.substr(0, 10), "/dev/full:") << failure.text;
    }
    const Failure failure = failure_of([&] {
      const auto writer = make_result_writer({format, "/dev/null/none/a.csv"}, three_classes());
      writer->write(frame_of("a.mp4", {full_face()}, true), {});
    });
    EXPECT_EQ(failure.code, ErrorCode::io) << format;
    EXPECT_NE(failure.text.find("/dev/null/none"), std::string::npos) << failure.text;
  }
}

TEST(ResultWriter, RefusesResultsThatContradictThemselves) {
  const auto refused = [](const std::function<void(FaceResult&)>& change) {
    FaceResult face = full_face();
    change(face);
    const Failure failure = failure_of([&] { (void)written("jsonl", {frame_of("a.mp4", {face}, true, 4)}, three_classes()); });
    EXPECT_EQ(failure.text.substr(0, 26), "result of a.mp4, frame 4: ") << failure.text;
    return failure.code == ErrorCode::bad_data;
  };
  EXPECT_TRUE(refused([](FaceResult& f) { f.probabilities.resize(2); }));
  EXPECT_TRUE(refused([](FaceResult& f) { f.raw_probabilities.resize(4); }));
  EXPECT_TRUE(refused([](FaceResult& f) { f.label = 3; }));
  EXPECT_TRUE(refused([](FaceResult& f) { f.probabilities.clear(); }));
  EXPECT_TRUE(refused([](FaceResult& f) { f.landmarks.resize(5); }));
  EXPECT_TRUE(refused([](FaceResult& f) { f.action_units.resize(17); }));
}

TEST(ResultWriter, ContinuedFilesAreEqualToUnbrokenOnes) {
  const auto frames = awkward_frames(40);
  for (const std::string format : {"jsonl", "csv"}) {
    const std::string whole = written(format, frames, awkward_info());
    for (const std::size_t stop : {std::size_t(0), std::size_t(1), std::size_t(17), frames.size()}) {
      const TemporaryFolder folder;
      const auto file = folder.path() / "results";
      std::int64_t length = 0;
      {
        const auto writer = make_result_writer({format, file, 0}, awkward_info());
        for (std::size_t i = 0; i < stop; ++i) writer->write(frames[i], {});
        writer->flush();
        length = writer->written_bytes();
        EXPECT_EQ(length, static_cast<std::int64_t>(fs::file_size(file)));
        // What comes after the checkpoint is lost half way through a line.
        for (std::size_t i = stop; i < std::min(stop + 2, frames.size()); ++i) writer->write(frames[i], {});
        writer->flush();
      }
      fs::resize_file(file, std::max<std::uintmax_t>(static_cast<std::uintmax_t>(length),
                                                     fs::file_size(file) - (stop < frames.size() ? 7 : 0)));
      const auto writer = make_result_writer({format, file, length}, awkward_info());
      for (std::size_t i = stop; i < frames.size(); ++i) writer->write(frames[i], {});
      writer->finish();
      EXPECT_EQ(read_text(file), whole) << format << " stopped after " << stop;
    }
  }
  for (const char* format : {"openface", "pyfeat", "deepface", "html"})
    EXPECT_EQ(failure_of([&] { (void)make_result_writer({format, "/tmp/a.csv", 10}, {}); }).code, ErrorCode::usage);
}

TEST(ResultWriter, ConvertedFilesAreEqualToThoseWrittenAtOnce) {
  const auto frames = awkward_frames(40);
  const TemporaryFolder folder;
  write_atomically(folder.path() / "results.jsonl", written("jsonl", frames, awkward_info()));
  std::vector<WriterTarget> targets;
  for (const auto& format : result_formats()) {
    if (format == "openface") continue;
    targets.push_back({format, folder.path() / ("converted." + format)});
  }
  convert_results(folder.path() / "results.jsonl", targets, awkward_info());
  for (const auto& target : targets)
    EXPECT_EQ(read_text(target.file), written(target.format, frames, awkward_info())) << target.format;
}

TEST(ResultWriter, ReadsBackInOrderAndIgnoresACutOffLine) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.jsonl";
  const std::string text = written("jsonl", awkward_frames(3), awkward_info());
  for (const std::size_t cut : {std::size_t(0), std::size_t(1), std::size_t(100)}) {
    write_atomically(file, text.substr(0, text.size() - cut));
    std::vector<std::int64_t> numbers;
    std::vector<std::string> sources;
    read_results(file, [&](const FrameResult& frame) {
      numbers.push_back(frame.frame);
      sources.push_back(frame.source);
    });
    EXPECT_EQ(numbers, cut == 0 ? (std::vector<std::int64_t>{0, 1, 2, 0}) : (std::vector<std::int64_t>{0, 1, 2}));
    EXPECT_EQ(sources[0], "v\xE9.mp4");
  }
  write_atomically(file, "");
  read_results(file, [](const FrameResult&) { FAIL(); });
  write_atomically(file, text + "{}\n");
  const Failure failure = failure_of([&] { read_results(file, [](const FrameResult&) {}); });
  EXPECT_EQ(failure.code, ErrorCode::bad_file);
  EXPECT_EQ(failure.text.find(file.string() + ":5: "), 0u) << failure.text;
  EXPECT_EQ(failure_of([&] { read_results(folder.path() / "none", [](const FrameResult&) {}); }).code, ErrorCode::not_found);
  EXPECT_EQ(failure_of([&] { read_results(folder.path(), [](const FrameResult&) {}); }).code, ErrorCode::not_found);
}

TEST(ResultWriter, ResultsTellWhatTheyHold) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.jsonl";
  write_atomically(file, written("jsonl", awkward_frames(3), awkward_info()));
  AnalysisInfo info = info_of_results(file);
  EXPECT_EQ(info.class_names, three_classes().class_names);
  EXPECT_TRUE(info.has_raw_probabilities && info.has_valence_arousal && info.has_action_units && info.has_identities);
  write_atomically(file, written("jsonl", {frame_of("a", {FaceResult()})}, three_classes()));
  info = info_of_results(file);
  EXPECT_TRUE(info.class_names.empty());
  EXPECT_FALSE(info.has_raw_probabilities || info.has_valence_arousal || info.has_action_units || info.has_identities);
}

TEST(ResultWriter, ConversionRefusesOtherClassesAndItsOwnFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "results.jsonl";
  write_atomically(file, written("jsonl", {frame_of("a", {full_face()})}, three_classes()));
  AnalysisInfo other = three_classes();
  other.class_names[0] = "anger";
  EXPECT_EQ(failure_of([&] { convert_results(file, {{"csv", folder.path() / "a.csv"}}, other); }).code, ErrorCode::mismatch);
  EXPECT_EQ(failure_of([&] { convert_results(file, {{"csv", file}}, three_classes()); }).code, ErrorCode::usage);
  EXPECT_EQ(info_of_results(file).class_names.size(), 3u);
}

TEST(ResultWriter, PythonReadsEveryTextFormat) {
  if (std::system("python3 -c 'import csv, json' 2>/dev/null") != 0) GTEST_SKIP() << "needs python3";
  const TemporaryFolder folder;
  const auto frames = awkward_frames(4);
  for (const char* format : {"jsonl", "csv", "pyfeat", "deepface"})
    write_atomically(folder.path() / format, written(format, frames, awkward_info()));
  write_atomically(folder.path() / "check.py",
                   "import csv, json, os, sys, urllib.parse\n"
                   "here = sys.argv[1]\n"
                   "def no_constant(name): raise ValueError(name)\n"
                   "rows = [json.loads(line, parse_constant=no_constant) for line in open(here + '/jsonl', encoding='utf-8')]\n"
                   "assert len(rows) == 5 and len(rows[0]['faces'][0]['landmarks']) == 68\n"
                   "assert urllib.parse.unquote_to_bytes(rows[0]['source_encoded']) == b'v\\xe9.mp4'\n"
                   "assert rows[4]['error'].endswith('\"bad\"\\nfile')\n"
                   "for name, width in (('csv', 22 + 3 + 3 + 2 + 18 + 1 + 136), ('pyfeat', 173)):\n"
                   "    table = list(csv.reader(open(here + '/' + name, encoding='utf-8', newline='')))\n"
                   "    assert len(table) == 9 and all(len(row) == width for row in table), name\n"
                   "lists = json.load(open(here + '/deepface', encoding='utf-8'), parse_constant=no_constant)\n"
                   "assert [len(faces) for faces in lists] == [2, 2, 2, 0, 0]\n"
                   "assert list(lists[0][0]['emotion']) == 'angry disgust fear happy sad surprise neutral'.split()\n"
                   "assert abs(sum(lists[0][0]['emotion'].values()) - 100) < 0.001\n");
  EXPECT_EQ(std::system(("python3 " + (folder.path() / "check.py").string() + " " + folder.path().string()).c_str()), 0);
}

}  // namespace
}  // namespace mien
