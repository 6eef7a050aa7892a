// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "mien/base/options.h"
#include "mien/base/progress.h"
#include "mien/data/catalogue.h"
#include "mien/image/preprocessing.h"
#include "mien/loading/transform.h"
#include "mien/methods/catalogue.h"

namespace mien {

/// Where validation samples come from. The test split is never looked at during training.
struct ValidationOptions {
  /// auto ("split" when the data set has a valid split, else "holdout") | split (the valid split) | holdout (a stratified
  /// share of train) | test_part (a stratified share of the test split; the rest is what eval should score; report 000) |
  /// folds (one of k folds of train, fixed or rotating with the epoch; report 004)
  std::string source = "auto";
  double share = 0.1;                    ///< holdout, test_part: share held out
  bool by_identity = false;              ///< holdout: keep every identity on one side
  std::int64_t folds = 5;                ///< folds: k
  std::string fold_kind = "consecutive"; ///< folds: consecutive | stratified | by_identity
  std::int64_t fold = -1;                ///< folds: which one validates; -1 = epoch mod k
};

struct TrainConfig {
  DatasetOptions data;
  std::string train_split = "train";
  ValidationOptions validation;
  std::string label_noise;               ///< wrong training labels on purpose: "" | symmetric:SHARE | pairs:SHARE (data/label_noise.h)
  Preprocessing input;
  std::int64_t input_size = 48;          ///< width and height of the network's input in pixels
  AugmentOptions augment;
  MethodConfig method;

  std::int64_t epochs = 14;
  std::int64_t batch_size = 128;         ///< samples of one optimizer step
  std::int64_t accumulate = 1;           ///< a step's batch is computed in this many parts
  bool drop_last = false;                ///< leave the incomplete last batch of an epoch out
  std::string precision = "auto";        ///< auto | fp32 | bf16 (autocast); auto = bf16 where the processor has it
  double ema = 0.999;                    ///< decay of the moving average of weights; 0 = none
  std::string select = "accuracy";       ///< validation metric that selects the best epoch: see named_metrics() and Method::measured()
  std::int64_t patience = 0;             ///< stop after this many epochs without a better one; 0 = never
  std::int64_t seed = 1;
  std::string weights;                   ///< initial weights (safetensors or PyTorch file); "" = random
  bool ignore_head = false;              ///< leave the classifier of the initial weights out
  std::vector<std::string> skip_weights; ///< prefixes of parameters that keep their random values ("classifier.")
  bool allow_partial = false;            ///< accept initial weights that fit in part
  std::int64_t threads = 0;              ///< computing threads; 0 = all cores
  std::int64_t loader_threads = 1;       ///< threads that decode and augment
  std::int64_t cache_mb = 512;           ///< decoded images kept in memory
  double max_bad_share = 0.05;           ///< stop when more files than this share cannot be read
  double save_every_s = 60;              ///< seconds between saved states within an epoch
  std::string device = "auto";           ///< auto | cpu | cuda
  std::string project = "runs/train";    ///< parent of the run folder
  std::string name;                      ///< run folder; "" = method-architecture-data
};
/// One description for flags, TOML, help and docs.
void describe(TrainConfig& config, OptionTable& table);

/// What the caller knows about the program, stored in run.json.
struct ProgramInfo {
  std::string command, version, commit;
};

struct TrainOutcome {
  std::filesystem::path run_folder;
  std::int64_t epochs_done = 0, best_epoch = 0;
  double best_score = 0;         ///< validation metric of the best epoch
  std::string select;
  double seconds = 0;
  std::string notes;             ///< e.g. plots left out
};

/// Trains and writes a run folder: config.toml, run.json, results.csv, TensorBoard events, curves, sample batches, confusion
/// matrices of the best epoch, weights/{best,last}.safetensors, weights/last.state.safetensors.
/// Throws Error{numeric} for a loss that is not finite, Error{interrupted} after saving when `stop` was requested.
TrainOutcome train(const TrainConfig& config, const ProgramInfo& program, Progress& progress, const StopFlag& stop);

/// Continues a run from its last saved state; the result is bit-equal to a run that was never interrupted.
TrainOutcome resume_training(const std::filesystem::path& run_folder, const ProgramInfo& program, Progress& progress,
                             const StopFlag& stop);

}  // namespace mien
