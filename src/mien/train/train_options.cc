// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/train.h"

namespace mien {
namespace {

void describe_validation(ValidationOptions& o, OptionTable& t) {
  const std::string s = "validation";
  t.add(s, "validation", &o.source, "Where validation samples come from").one_of({"auto", "split", "holdout", "test_part", "folds"});
  t.add(s, "validation_share", &o.share, "holdout, test_part: share held out").range(0.001, 0.9);
  t.add(s, "validation_by_identity", &o.by_identity, "holdout: keep every identity on one side");
  t.add(s, "folds", &o.folds, "folds: how many").range(2, 1000);
  t.add(s, "fold_kind", &o.fold_kind, "folds: how they are made").one_of({"consecutive", "stratified", "by_identity"});
  t.add(s, "fold", &o.fold, "folds: the one that validates; -1 = rotating with the epoch").range(-1, 999);
}

void describe_input(TrainConfig& c, OptionTable& t) {
  const std::string s = "input";
  t.add(s, "input_size", &c.input_size, "Width and height of the network's input in pixels").range(8, 4096);
  t.add(s, "color", &c.input.color, "Channels the network sees").one_of({"rgb", "bgr", "gray"});
  t.add(s, "resize", &c.input.resize, "Resize kernel, antialiased").one_of({"bilinear", "bicubic"});
  t.add(s, "divide_by", &c.input.divide_by, "Pixels are divided by this").range(1e-6, 1e6);
  t.add(s, "mean", &c.input.mean, "Then this is subtracted (one value, or one a channel)");
  t.add(s, "std", &c.input.std, "Then divided by this (one value, or one a channel)");
}

void describe_training(TrainConfig& c, OptionTable& t) {
  const std::string s = "training";
  t.add(s, "epochs", &c.epochs, "Passes over the training samples").range(1, 1e6);
  t.add(s, "batch_size", &c.batch_size, "Samples of one optimizer step").range(1, 1e6);
  t.add(s, "accumulate", &c.accumulate, "Compute a batch in this many parts").range(1, 1e4);
  t.add(s, "drop_last", &c.drop_last, "Leave the incomplete last batch of an epoch out");
  t.add(s, "precision", &c.precision, "Arithmetic; auto = bf16 where the processor has it").one_of({"auto", "fp32", "bf16"});
  t.add(s, "ema", &c.ema, "Decay of the moving average of weights; 0 = none").range(0, 0.999999);
  t.add(s, "select", &c.select, "Validation metric that selects the best epoch: accuracy, balanced_accuracy, macro_f1, nll, ... or one that the method measures");
  t.add(s, "patience", &c.patience, "Stop after this many epochs without a better one; 0 = never").range(0, 1e6);
  t.add(s, "seed", &c.seed, "Seed of everything random").range(0, 9e15);
  t.add(s, "weights", &c.weights, "Initial weights (safetensors or PyTorch file)").path();
  t.add(s, "ignore_head", &c.ignore_head, "Leave the classifier of the initial weights out");
  t.add(s, "skip_weights", &c.skip_weights, "Prefixes of parameters that are not taken from the initial weights, e.g. classifier.");
  t.add(s, "allow_partial", &c.allow_partial, "Accept initial weights that fit in part");
  t.add(s, "threads", &c.threads, "Computing threads; 0 = all cores").range(0, 1024).no_effect_on_result();
  t.add(s, "loader_threads", &c.loader_threads, "Threads that decode and augment").range(0, 1024).no_effect_on_result();
  t.add(s, "cache_mb", &c.cache_mb, "Decoded images kept in memory, MB").range(0, 1e6).no_effect_on_result();
  t.add(s, "max_bad_share", &c.max_bad_share, "Stop when more files than this share cannot be read").range(0, 1).no_effect_on_result();
  t.add(s, "save_every_s", &c.save_every_s, "Seconds between saved states within an epoch").range(0, 1e9).no_effect_on_result();
  t.add(s, "device", &c.device, "Where to compute").one_of({"auto", "cpu", "cuda"});
  t.add(s, "project", &c.project, "Parent of the run folder").no_effect_on_result();
  t.add(s, "name", &c.name, "Run folder; default method-architecture-data").no_effect_on_result();
}

}  // namespace

void describe(TrainConfig& c, OptionTable& t) {
  describe(c.data, t);
  t.add("data", "train_split", &c.train_split, "Split that is trained on");
  t.add("data", "label_noise", &c.label_noise, "Wrong training labels on purpose: symmetric:SHARE or pairs:SHARE");
  describe_validation(c.validation, t);
  describe_input(c, t);
  describe(c.augment, t);
  describe(c.method, t);
  describe_training(c, t);
}

}  // namespace mien
