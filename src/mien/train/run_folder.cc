// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/folder_lock.h"
#include "mien/base/json_text.h"
#include "mien/base/random.h"
#include "mien/image/encode.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"

namespace mien {
namespace {

constexpr int kSheetTiles = 32;

/// Tiles of a data set as the network will see them, before normalisation.
std::vector<SheetTile> tiles_of(const Dataset& data, const TrainConfig& config, bool augmented) {
  std::vector<SheetTile> tiles;
  for (std::int64_t i = 0; i < data.size() && static_cast<int>(tiles.size()) < kSheetTiles; ++i) {
    const std::int64_t index = Random(static_cast<std::uint64_t>(config.seed), 7, static_cast<std::uint64_t>(i)).integer(data.size());
    try {
      Sample sample = data.load(index);
      if (augmented)
        augment_and_fit(sample, config.augment, Random(static_cast<std::uint64_t>(config.seed), 8, static_cast<std::uint64_t>(i)), config.input);
      else
        fit_to_input(sample, config.input);
      tiles.push_back({sample.image, data.labels.names()[static_cast<std::size_t>(sample.annotations.label)]});
    } catch (const std::exception&) {  // bad_files.csv will name it
    }
  }
  return tiles;
}

nlohmann::json read_run_json(const fs::path& run_folder) {
  try {
    return try_parse_json(read_text(run_folder / "run.json")).value_or(nullptr);
  } catch (const Error&) {
    return {};
  }
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void RunFolder::write_run_json(const TrainConfig& config, const ProgramInfo& program, const DataPlan& data, const ComputePlan& plan,
                               const std::string& status, const TrainingCounters& counters) const {
  nlohmann::ordered_json j;
  j["status"] = status;
  j["command"] = program.command;
  j["started_in"] = started_in_.string();
  j["version"] = program.version;
  j["commit"] = program.commit;
  j["written"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  j["seconds"] = counters.total_seconds;
  j["epochs_done"] = counters.epoch;
  j["best_epoch"] = counters.best_epoch + 1;  // 0 = none yet
  j["select"] = config.select;
  j["seed"] = config.seed;
  j["libtorch"] = TORCH_VERSION;
  j["compute"] = plan.text();
  j["data"] = {{"spec", config.data.spec}, {"summary", data.summary}, {"hash", data.data_hash}, {"classes", data.labels.names()}, {"class_counts", data.class_counts}};
  write_atomically(folder_ / "run.json", json_text(j, 2) + "\n");
}

void RunFolder::write_validation_ids(const DataPlan& data) const {
  std::string text;
  for (const EpochData& part : data.parts)
    for (const Record& r : part.valid->records) text += r.id + "\n";
  write_atomically(folder_ / "validation_ids.txt", text);
}

std::string RunFolder::write_sample_sheets(const TrainConfig& config, const DataPlan& data) const {
  const auto write = [&](const Dataset& part, bool augmented, const std::string& name, const std::string& title) {
    return write_or_say(folder_ / name, [&] { write_image(folder_ / name, contact_sheet(tiles_of(part, config, augmented), 8, 96, title)); });
  };
  return joined_notes({write(*data.parts[0].train, true, "train_batch.png", "training samples, augmented"),
                       write(*data.parts[0].valid, false, "valid_batch.png", "validation samples")});
}

std::string status_of_run(const fs::path& run_folder) {
  const std::string status = text_at(read_run_json(run_folder), "status");
  return status == "running" && !is_locked(run_folder) ? "killed" : status;
}

fs::path started_in(const fs::path& run_folder) { return text_at(read_run_json(run_folder), "started_in"); }

void RunFolder::write_bad_files(const std::vector<BadSample>& bad) const {
  if (bad.empty()) return;
  std::string text = csv_line({"image", "reason"});
  for (const BadSample& b : bad) text += csv_line({b.id, b.reason});
  write_atomically(folder_ / "bad_files.csv", text);
}

}  // namespace mien
