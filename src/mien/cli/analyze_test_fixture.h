// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/image/encode.h"
#include "mien/procedural/clip.h"
#include "mien/testing/golden.h"
#include "mien/testing/program.h"
#include "mien/video/video_reader.h"
#include "mien/video/video_writer.h"

namespace mien::analyze_tests {

/// The expression model that comes with mien.
inline const std::string model = (testing::source_folder() / "models" / "mien-ferplus.onnx").string();

inline testing::Outcome run(const fs::path& folder, std::vector<std::string> arguments, const std::string& input = "") {
  return testing::run_program(MIEN_PROGRAM, folder, arguments, input);
}

inline std::vector<std::string> analyze(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"analyze", "--weights", model});
  return arguments;
}

/// One object a frame, without the line that heads the file.
inline std::vector<nlohmann::json> frames_in(const fs::path& jsonl) {
  std::vector<nlohmann::json> frames;
  for (const auto& line : split(trim(read_text(jsonl)), '\n')) {
    auto frame = nlohmann::json::parse(line);
    if (frame.contains("source")) frames.push_back(std::move(frame));
  }
  return frames;
}

constexpr double fps = 25;

/// A clip of two people and every fifth of its frames as a picture.
class AnalyzeProgram : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder("mien-analyze-test");
    fs::create_directories(folder() / "pictures");
    VideoWriterOptions options;
    options.width = 640;
    options.height = 360;
    options.frames_per_second = fps;
    options.quality = 12;
    const auto writer = create_video(folder() / "clip.mp4", options);
    ClipOptions clip;
    clip.width = 640;
    clip.height = 360;
    clip.duration_s = 4;
    for (int i = 0; i < 100; ++i) writer->write(draw_clip(3, i / fps, clip).image, i / fps);
    writer->finish();
    fs::copy_file(folder() / "clip.mp4", folder() / "again.mp4");
    const auto reader = open_video(folder() / "clip.mp4");
    for (auto frame = reader->next(); frame; frame = reader->next())
      if (frame->number % 5 == 0) write_image(folder() / "pictures" / (zero_padded(frame->number) + ".png"), frame->image);
  }
  static void TearDownTestSuite() { delete folder_; }
  static const fs::path& folder() { return folder_->path(); }
  static std::string zero_padded(std::int64_t number) { return std::string(3 - std::to_string(number).size(), '0') + std::to_string(number); }

  static inline TemporaryFolder* folder_ = nullptr;
};

}  // namespace mien::analyze_tests
