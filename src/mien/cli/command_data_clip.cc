// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/cli/command_data.h"
#include "mien/cli/flags.h"
#include "mien/cli/output.h"
#include "mien/procedural/clip.h"
#include "mien/video/video_writer.h"

namespace mien::cli {
namespace {

struct Arguments {
  ClipOptions clip;
  std::int64_t seed = 1;
  double fps = 25;
  std::string output;
};

int make_clip(Session& session, const Arguments& a) {
  require_format(session, {"text", "json"}, "mien data clip");
  const auto progress = make_progress(session, true);
  prepare_output_file(a.output, *progress);
  const auto frames = static_cast<std::int64_t>(a.clip.duration_s * a.fps);
  VideoWriterOptions options;
  options.width = a.clip.width;
  options.height = a.clip.height;
  options.frames_per_second = a.fps;
  const auto video = create_video(a.output, options);
  progress->begin("drawing", frames);
  for (std::int64_t i = 0; i < frames; ++i) {
    const double time_s = static_cast<double>(i) / a.fps;
    video->write(draw_clip(static_cast<std::uint64_t>(a.seed), time_s, a.clip).image, time_s);
    progress->advance(i + 1, "");
  }
  video->finish();
  progress->end(a.output);
  if (session.json()) print_result(json_text(nlohmann::ordered_json{{"file", a.output}, {"frames", frames}}, 2));
  else print_result(fmt::format("{}: {} frames, {:g} s", a.output, frames, a.clip.duration_s));
  suggest_next("mien analyze " + shell_word(a.output));
  return 0;
}

}  // namespace

void add_data_clip_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand("clip", "Draw a short video of people with known expressions");
  const auto a = std::make_shared<Arguments>();
  command->add_option("-o,--output", a->output, "Video file, .mp4 or .mkv")->required()->type_name("FILE")->check(refuse_flag_as_value);
  command->add_option("--seconds", a->clip.duration_s, "Length")->check(CLI::Range(0.1, 3600.0))->capture_default_str();
  command->add_option("--people", a->clip.people, "1 or 2")->check(CLI::Range(1, 2))->capture_default_str();
  command->add_option("--width", a->clip.width, "Pixels")->check(CLI::Range(64, 7680))->capture_default_str();
  command->add_option("--height", a->clip.height, "Pixels")->check(CLI::Range(64, 4320))->capture_default_str();
  command->add_option("--fps", a->fps, "Frames a second")->check(CLI::Range(1.0, 240.0))->capture_default_str();
  command->add_option("--seed", a->seed, "Other seeds draw other people")->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return make_clip(session, *a); }; });
}

}  // namespace mien::cli
