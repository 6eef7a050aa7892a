// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/train.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <set>

#include "mien/base/any_error.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/output_folder.h"
#include "mien/data/cached_source.h"
#include "mien/nn/weights.h"
#include "mien/report/confusion_files.h"
#include "mien/report/show.h"
#include "mien/report/training_report.h"
#include "mien/train/run_folder.h"
#include "mien/train/trainer.h"

namespace mien {
namespace {

std::string default_name(const TrainConfig& config) {
  const std::string format = config.data.spec.substr(0, config.data.spec.find(':'));
  return config.method.method + "-" + config.method.network.arch + "-" + format;
}

std::string config_toml(const TrainConfig& config) {
  TrainConfig copy = config;
  OptionTable table;
  describe(copy, table);
  return table.to_toml();
}

/// Changes every option that names a file or folder, less the data set, whose path stands behind its format.
void change_paths(TrainConfig& config, const std::function<std::string(const std::string&)>& change) {
  OptionTable table;
  describe(config, table);
  for (const OptionField& field : table.fields())
    if (auto* const* text = std::get_if<std::string*>(&field.target); text && field.is_path) **text = change(**text);
}

/// "c" of "/a/b/c" and of "/a/b/c/".
std::string last_part(const std::string& path) {
  const fs::path p = path;
  return (p.has_filename() ? p : p.parent_path()).filename().string();
}

/// The configuration without this machine's folders, to travel with the weights.
std::string portable_toml(TrainConfig config) {
  const auto colon = config.data.spec.find(':');
  config.data.spec = config.data.spec.substr(0, colon + 1) + fs::path(config.data.spec.substr(colon + 1)).filename().string();
  change_paths(config, last_part);
  config.project = TrainConfig{}.project;
  return config_toml(config);
}

/// Where a run was started, a relative path leads to the same file, wherever the program stands now; to the one here where there is
/// none (a run that has moved together with its data).
std::string as_seen_from(const fs::path& folder, const std::string& path) {
  std::error_code ignored;
  if (path.empty() || folder.empty() || fs::path(path).is_absolute() || !fs::exists(folder / path, ignored)) return path;
  return (folder / path).lexically_normal().string();
}

/// The configuration with the paths that lead to its files from here.
TrainConfig found_from_here(TrainConfig config, const fs::path& started_in) {
  change_paths(config, [&](const std::string& path) { return as_seen_from(started_in, path); });
  const auto colon = config.data.spec.find(':');
  if (colon != std::string::npos && !config.data.spec.starts_with("procedural:"))
    config.data.spec = config.data.spec.substr(0, colon + 1) + as_seen_from(started_in, config.data.spec.substr(colon + 1));
  return config;
}

/// Whether the same run may well succeed at another time: a full disk or too little memory say nothing about the training.
bool may_go_on(const Error& error) {
  return error.code() == ErrorCode::io || error.code() == ErrorCode::interrupted ||
         std::string(error.what()).find("allocate memory") != std::string::npos;
}

void check_channels(const std::vector<double>& values, const char* name, int channels) {
  if (values.size() == 1 || static_cast<int>(values.size()) == channels) return;
  throw Error(ErrorCode::usage, fmt::format("--{} has {} values, expected 1 or {} for this colour", name, values.size(), channels));
}

void resolve(TrainConfig& config) {
  config.input.width = config.input.height = static_cast<int>(config.input_size);
  check_channels(config.input.mean, "mean", config.input.channels());
  check_channels(config.input.std, "std", config.input.channels());
  if (config.name.empty()) config.name = default_name(config);
  if (config.batch_size / config.accumulate < 2)
    throw Error(ErrorCode::usage, fmt::format("--batch-size {} in {} parts leaves fewer than 2 samples a part", config.batch_size, config.accumulate));
}

/// One training from configuration to run folder.
class Run {
 public:
  /// Whatever the configuration says wrongly is an error here, before there is a folder. @param given  as the run's config.toml has it
  /// @param config  the same with paths that lead to its files from here  @param fresh  from the initial weights
  Run(const TrainConfig& given, const TrainConfig& config, DataPlan data, bool fresh, const ProgramInfo& program, Progress& progress)
      : given_(given), config_(config), program_(program), progress_(progress),
        plan_(plan_compute(config.precision, config.device, config.threads)), data_(std::move(data)) {
    for (EpochData& part : data_.parts) {
      part.train = std::make_shared<Dataset>(with_cache(*part.train, config_.cache_mb * 1'000'000));
      part.valid = std::make_shared<Dataset>(with_cache(*part.valid, config_.cache_mb * 200'000));
    }
    apply_plan(plan_);
    torch::manual_seed(static_cast<std::uint64_t>(config_.seed));
    method_ = create_method(config_.method, {data_.labels, data_.class_counts, config_.input, config_.epochs,
                                             data_.parts.size() == 1 ? data_.parts[0].train : nullptr});
    progress_.info(fmt::format("{}: {}; {}", data_.name, data_.summary, plan_.text()));
    progress_.info(fmt::format("{} with {}: {} parameters", config_.method.method, config_.method.network.arch, parameter_count(method_->module())));
    if (fresh) load_initial_weights();
    place_module(method_->module(), plan_);
    ComputePlan of_companions = plan_;  // the layout of the batches is the trained network's
    for (auto* companion : method_->companions()) place_module(*companion, of_companions);
    trainer_.emplace(*method_, data_, config_, plan_, deciding_facts(config_, data_, plan_));
  }

  TrainOutcome start(const RunFolder& folder, const StopFlag& stop) {
    folder.write_validation_ids(data_);
    warn_once(folder.write_sample_sheets(config_, data_));
    return go(folder, stop);
  }

  /// @param finished  the run says that it is: nothing is written then
  TrainOutcome resume(const RunFolder& folder, bool finished, const StopFlag& stop) {
    trainer_->restore(folder.state_file());
    if (finished && trainer_->is_finished()) {
      progress_.info(fmt::format("{} is finished after epoch {} of {}: there is nothing to go on with", folder.path().string(), trainer_->counters().epoch, config_.epochs));
      return outcome_of(folder);
    }
    progress_.info(fmt::format("resumed in epoch {} after {:.0f} s of training", trainer_->counters().epoch + 1, trainer_->counters().total_seconds));
    return go(folder, stop);
  }

 private:
  void load_initial_weights() {
    if (config_.weights.empty()) return;
    const LoadReport report =
        load_into(method_->module(), load_state(config_.weights), {config_.allow_partial, config_.ignore_head, config_.skip_weights});
    progress_.info(config_.weights + ": " + report.text());
  }

  TrainOutcome go(const RunFolder& folder, const StopFlag& stop) {
    status(folder, "running");
    try {
      trainer_->run(folder.state_file(), progress_, stop, [&](const EpochResult& result) { on_epoch(folder, result); });
      return finish(folder);
    } catch (...) {
      tell_the_end(folder, to_error(std::current_exception()));
      throw;
    }
  }

  /// Whatever was thrown, run.json must not say "running" for ever; nor may a full disk hide the error.
  void tell_the_end(const RunFolder& folder, const Error& error) const {
    try {
      if (error.code() == ErrorCode::interrupted)
        status(folder, "interrupted");
      else
        status(folder, fmt::format("{}: {}", may_go_on(error) ? "interrupted" : "failed", error.what()));
    } catch (const std::exception&) {
      progress_.warn((folder.path() / "run.json").string() + " could not be written: it still says that the run is going on");
    }
  }

  void on_epoch(const RunFolder& folder, const EpochResult& result) {
    write_history(trainer_->counters().history, folder.path() / "results.csv");
    warn_once(show_or_say("the TensorBoard event file", [&] { add_events(folder, result); }));
    if (!result.best) return;
    save_weights(folder.best_weights(), method_->module(), weights_info(result, fit_temperature(result.validation.predictions)));
    warn_once(write_confusion_files(result.metrics.confusion, data_.labels.names(), folder.path()));
  }

  void add_events(const RunFolder& folder, const EpochResult& result) {
    const TrainingHistory& history = trainer_->counters().history;
    if (!events_) events_.emplace(folder.path());
    for (std::size_t c = 0; c < history.columns.size(); ++c)
      if (history.columns[c] != "epoch") events_->scalar(history.columns[c], history.rows.back()[c], result.epoch + 1);
    events_->flush();
  }

  /// What goes wrong in every epoch is said in the first.
  void warn_once(const std::string& note) {
    if (!note.empty() && warned_.insert(note).second) progress_.warn(note);
  }

  TrainOutcome finish(const RunFolder& folder) {
    const TrainingCounters& counters = trainer_->counters();
    trainer_->with_average([&] {
      EpochResult last;
      last.epoch = counters.epoch - 1;
      save_weights(folder.last_weights(), method_->module(), weights_info(last, 1));
    });
    folder.write_bad_files(trainer_->bad_samples());
    TrainOutcome out = outcome_of(folder);
    status(folder, "finished");
    out.notes = write_training_report(folder.path(), counters.history,
                                      {{"method", config_.method.method},
                                       {"network", config_.method.network.arch},
                                       {"data", given_.data.spec + ": " + data_.summary},
                                       {"best epoch", fmt::format("{} (validation {} {:.4f})", out.best_epoch, out.select, out.best_score)},
                                       {"compute", plan_.text()},
                                       {"training time", fmt::format("{:.0f} s", out.seconds)},
                                       {"seed", std::to_string(config_.seed)},
                                       {"command", program_.command},
                                       {"commit", program_.commit}});
    return out;
  }

  TrainOutcome outcome_of(const RunFolder& folder) const {
    const TrainingCounters& counters = trainer_->counters();
    TrainOutcome out;
    out.run_folder = folder.path();
    out.epochs_done = counters.epoch;
    out.best_epoch = counters.best_epoch + 1;
    out.best_score = counters.best_score;
    out.select = config_.select;
    out.seconds = counters.total_seconds;
    return out;
  }

  WeightsInfo weights_info(const EpochResult& result, double temperature) const {
    WeightsInfo info;
    info.network = config_.method.network;
    info.network.num_classes = data_.labels.size();
    info.network.in_channels = config_.input.channels();
    info.network.input_size = config_.input_size;
    info.label_space = data_.labels.name();
    info.class_names = data_.labels.names();
    info.preprocessing = config_.input;
    info.preprocessing.alignment = data_.alignment;
    info.temperature = temperature;
    info.training_data = data_.name + ": " + data_.summary;
    info.recipe = portable_toml(given_);
    info.commit = program_.commit;
    if (result.metrics.n > 0) info.scores = {{"validation accuracy", result.metrics.accuracy}, {"validation balanced accuracy", result.metrics.balanced_accuracy}};
    info.scores["epoch"] = static_cast<double>(result.epoch + 1);
    return info;
  }

  void status(const RunFolder& folder, const std::string& text) const {
    folder.write_run_json(given_, program_, data_, plan_, text, trainer_->counters());
  }

  TrainConfig given_, config_;
  ProgramInfo program_;
  Progress& progress_;
  ComputePlan plan_;
  DataPlan data_;
  std::unique_ptr<Method> method_;
  std::optional<Trainer> trainer_;
  std::optional<TensorBoardWriter> events_;
  std::set<std::string> warned_;
};

}  // namespace

TrainOutcome train(const TrainConfig& given, const ProgramInfo& program, Progress& progress, const StopFlag& stop) {
  TrainConfig config = given;
  resolve(config);
  if (config.data.spec.empty())
    throw Error(ErrorCode::usage, "no data set given", "Name one with --data FORMAT:PATH; 'mien data formats' lists them.");
  Run run(config, config, plan_data(config, progress), true, program, progress);
  const OutputFolder output = OutputFolder::numbered(fs::path(config.project) / config.name);
  std::error_code unknown;
  const RunFolder folder(output.path(), fs::current_path(unknown));
  fs::create_directories(folder.path() / "weights");
  write_atomically(folder.config_file(), config_toml(config));
  return run.start(folder, stop);
}

TrainOutcome resume_training(const fs::path& run_folder, const ProgramInfo& program, Progress& progress, const StopFlag& stop) {
  if (!fs::exists(run_folder / "config.toml"))
    throw Error(ErrorCode::not_found, run_folder.string() + ": not a run folder, it has no config.toml", "Give the folder that 'mien train' printed.");
  const std::string status = status_of_run(run_folder);
  const OutputFolder output(run_folder, 1, &progress);
  if (status == "killed") progress.info("the run was killed: it goes on from the state that it saved last");
  const RunFolder folder(run_folder, started_in(run_folder));
  TrainConfig config;
  OptionTable table;
  describe(config, table);
  table.read_toml(folder.config_file());
  resolve(config);
  const bool fresh = !fs::exists(folder.state_file());
  if (fresh) progress.info("no saved state yet: starting from the beginning");
  const TrainConfig here = found_from_here(config, folder.started_in());
  Run run(config, here, plan_data(here, progress), fresh, program, progress);
  return fresh ? run.start(folder, stop) : run.resume(folder, status == "finished", stop);
}

}  // namespace mien
