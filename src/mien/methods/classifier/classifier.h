// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mien/methods/catalogue.h"
#include "mien/methods/method.h"
#include "mien/nn/network.h"

namespace mien {

/// One backbone trained with cross entropy on labels or label distributions: the baseline that every other method is
/// compared with. Optional valence/arousal head (linear on the features, tanh), mixup, head-first training.
///
/// Systems that are a classifier with a further loss derive from it and override `loss_taps` and `add_terms`; those that compare the logits
/// with something else override `main_term`.
class Classifier : public Method {
 public:
  Classifier(const MethodConfig& config, const TaskInfo& task);

  torch::nn::Module& module() override { return *network_; }
  std::vector<TrainingStep> steps() override;
  MethodOutput forward(const Batch& batch) override;

 protected:
  /// A training batch with what the forward pass made of it.
  struct Pass {
    const Batch& batch;
    const MethodOutput& output;
    const Taps& taps;
    const StepContext& context;
  };
  /// What the logits are trained on.
  virtual LossTerm main_term(const Pass& pass);
  /// Inner layers that `add_terms` looks at.
  virtual std::set<std::string> loss_taps() const { return {}; }
  /// Appends terms to those of the classifier.
  virtual void add_terms(std::vector<LossTerm>& terms, const Pass& pass) { (void)terms, (void)pass; }

  MethodOutput forward(const Batch& batch, Taps& taps);
  Network& network() { return *network_; }
  const MethodConfig& config() const { return config_; }
  const TaskInfo& task() const { return task_; }

 private:
  const ClassifierOptions& options() const { return config_.classifier; }
  TrainingStep plain_step(const std::string& name);
  std::vector<LossTerm> losses(const Batch& batch, const StepContext& context);
  torch::Tensor hard_or_soft_targets(const Batch& batch) const;

  MethodConfig config_;
  TaskInfo task_;
  std::shared_ptr<Network> network_;
  torch::nn::Linear valence_arousal_{nullptr};
  torch::Tensor class_weights_;
  std::string head_prefix_;
};

std::unique_ptr<Method> create_classifier(const MethodConfig& config, const TaskInfo& task);

}  // namespace mien
