// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/analysis/analysis_run.h"
#include "mien/analysis/choose_models.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien {
namespace {

const char* name_of(MediaSource::Kind kind) {
  return kind == MediaSource::Kind::picture ? "picture" : kind == MediaSource::Kind::video ? "video" : "camera";
}

MediaSource::Kind kind_from(const std::string& name) {
  for (const auto kind : {MediaSource::Kind::picture, MediaSource::Kind::video, MediaSource::Kind::camera})
    if (name == name_of(kind)) return kind;
  throw Error(ErrorCode::bad_file, "unknown kind of source '" + name + "'");
}

}  // namespace

void save_job(const AnalysisJob& job, const fs::path& folder) {
  AnalysisOptions options = job.options;
  OptionTable table;
  describe(options, table);
  nlohmann::ordered_json j{{"command", job.command_line}, {"version", job.version}, {"working_folder", job.working_folder},
                           {"formats", job.formats}, {"annotate", job.annotate},
                           {"options", table.to_toml()}};
  for (const auto& [name, value] : model_facts(options.faces)) j["models"][name] = value;
  if (job.neutral) j["neutral"] = job.neutral->values;
  for (const auto& source : job.sources) {
    nlohmann::ordered_json s{{"kind", name_of(source.kind)}, {"name", source.name}};
    if (!source.problem.empty()) s["problem"] = source.problem;
    j["sources"].push_back(std::move(s));
  }
  for (const auto& one : job.left_out) j["left_out"].push_back({{"path", one.path}, {"reason", one.reason}, {"lost", one.lost}});
  write_atomically(folder / "analysis.json", json_text(j, 1) + "\n");
}

AnalysisJob load_job(const fs::path& folder) {
  const fs::path file = folder / "analysis.json";
  if (!fs::exists(file))
    throw Error(ErrorCode::not_found, folder.string() + ": holds no analysis to resume", "Give the folder that 'mien analyze --output' wrote.");
  try {
    const auto j = parse_json(read_text(file), file.string() + ": damaged", "Start the analysis anew in another folder.");
    AnalysisJob job;
    job.command_line = j.at("command");
    job.version = j.at("version");
    job.working_folder = j.value("working_folder", "");
    job.formats = j.at("formats").get<std::vector<std::string>>();
    job.annotate = j.at("annotate");
    OptionTable table;
    describe(job.options, table);
    table.read_toml_text(j.at("options"), file.string());
    if (j.contains("neutral")) job.neutral = FaceMeasures{j.at("neutral").get<decltype(FaceMeasures::values)>()};
    for (const auto& s : j.at("sources")) job.sources.push_back({kind_from(s.at("kind")), s.at("name"), s.value("problem", "")});
    if (j.contains("left_out"))
      for (const auto& one : j.at("left_out")) job.left_out.push_back({one.at("path"), one.at("reason"), one.at("lost")});
    return job;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: damaged: {}", file.string(), error.what()), "Start the analysis anew in another folder.");
  }
}

}  // namespace mien
