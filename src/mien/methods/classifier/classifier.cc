// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/classifier/classifier.h"

#include <algorithm>

#include "mien/methods/losses.h"

namespace mien {

void describe(ClassifierOptions& o, OptionTable& t) {
  const std::string s = "classifier";
  t.add(s, "targets", &o.targets, "What the loss compares with").one_of({"labels", "distributions", "sampled", "multi_target"});
  t.add(s, "label_smoothing", &o.label_smoothing, "Share of the target spread over all classes").range(0, 1);
  t.add(s, "class_weights", &o.class_weights, "Weights of the classes in the loss").one_of({"none", "balanced"});
  t.add(s, "mixup_alpha", &o.mixup_alpha, "Mix samples with a Beta(a,a) share; 0 = off").range(0, 100);
  t.add(s, "valence_arousal_weight", &o.valence_arousal_weight, "Weight of a valence/arousal head; 0 = no head").range(0, 1e6);
  t.add(s, "head_epochs", &o.head_epochs, "Epochs that train the last layer alone, first").range(0, 1e9);
  t.add(s, "head_lr", &o.head_lr, "Learning rate of the head epochs").range(0, 1e6);
  t.add(s, "frozen", &o.frozen, "Prefixes of parameter names that keep their initial weights");
  t.add(s, "clip_norm", &o.clip_norm, "Limit of the gradient norm; 0 = none").range(0, 1e9);
}

namespace {

constexpr const char* kValenceArousal = "valence_arousal";

/// One label drawn from each distribution (FER+ "probability" mode).
void sample_targets(Batch& batch, Random& random) {
  std::vector<float> draws(static_cast<std::size_t>(batch.size()));
  for (auto& u : draws) u = static_cast<float>(random.uniform());
  const auto u = torch::tensor(draws).to(batch.targets.device()).unsqueeze(1);
  const auto chosen = (batch.targets.cumsum(1) <= u).sum(1).clamp_max(batch.targets.size(1) - 1);
  batch.targets = torch::one_hot(chosen, batch.targets.size(1)).to(batch.targets.dtype());
}

void mix(Batch& batch, double alpha, Random& random) {
  const double share = random.beta(alpha, alpha);
  std::vector<std::int64_t> order(static_cast<std::size_t>(batch.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  random.shuffle(order);
  const auto other = torch::tensor(order, torch::kInt64).to(batch.images.device());
  batch.images = batch.images * share + batch.images.index_select(0, other) * (1 - share);
  batch.targets = batch.targets * share + batch.targets.index_select(0, other) * (1 - share);
}

torch::Tensor balanced_weights(const std::vector<std::int64_t>& class_counts) {
  std::vector<float> weights;
  for (const auto count : class_counts) weights.push_back(count > 0 ? 1.0f / static_cast<float>(count) : 0.0f);
  const auto t = torch::tensor(weights);
  return t / t.sum() * static_cast<double>((t > 0).sum().item<std::int64_t>());
}

}  // namespace

Classifier::Classifier(const MethodConfig& config, const TaskInfo& task) : config_(config), task_(task) {
  config_.network.num_classes = task.labels.size();
  config_.network.in_channels = task.preprocessing.channels();
  config_.network.input_size = task.preprocessing.height;
  network_ = create_network(config_.network);
  head_prefix_ = network_->head_prefix();
  if (options().valence_arousal_weight > 0)
    valence_arousal_ = network_->register_module(kValenceArousal, torch::nn::Linear(network_->feature_width(), 2));
  if (options().class_weights == "balanced") class_weights_ = balanced_weights(task_.class_counts);
}

std::vector<TrainingStep> Classifier::steps() {
  std::vector<TrainingStep> out;
  const std::int64_t head_epochs = std::min(options().head_epochs, task_.epochs);
  if (head_epochs > 0) {
    TrainingStep head = plain_step("head");
    head.last_epoch = head_epochs;
    head.trained = {head_prefix_, kValenceArousal};
    head.optimizer.lr = options().head_lr;
    head.schedule = ScheduleOptions{};
    out.push_back(std::move(head));
  }
  TrainingStep all = plain_step("train");
  all.first_epoch = head_epochs;
  out.push_back(std::move(all));
  return out;
}

MethodOutput Classifier::forward(const Batch& batch) {
  Taps taps;
  return forward(batch, taps);
}

MethodOutput Classifier::forward(const Batch& batch, Taps& taps) {
  taps.wanted.insert("features");
  MethodOutput out;
  out.logits = network_->forward(batch.images, taps);
  out.features = taps.found.at("features");
  if (valence_arousal_) out.valence_arousal = torch::tanh(valence_arousal_->forward(out.features));
  return out;
}

TrainingStep Classifier::plain_step(const std::string& name) {
  TrainingStep step;
  step.name = name;
  step.sampler = config_.sampler;
  step.optimizer = config_.optimizer;
  step.schedule = config_.schedule;
  step.frozen = options().frozen;
  if (options().clip_norm > 0) step.clip = {{"", options().clip_norm}};
  if (options().mixup_alpha > 0 || options().targets == "sampled")
    step.transform = [this](Batch& batch, Random& random) {
      if (options().targets == "sampled") sample_targets(batch, random);
      if (options().mixup_alpha > 0) mix(batch, options().mixup_alpha, random);
    };
  step.losses = [this](const Batch& batch, const StepContext& context) { return losses(batch, context); };
  return step;
}

std::vector<LossTerm> Classifier::losses(const Batch& batch, const StepContext& context) {
  Taps taps(loss_taps());
  taps.differentiable = true;
  const MethodOutput out = forward(batch, taps);
  const Pass pass{batch, out, taps, context};
  std::vector<LossTerm> terms = {main_term(pass)};
  if (valence_arousal_ && batch.valence_arousal.defined())
    terms.push_back({"valence_arousal",
                     valence_arousal_loss(full_precision(out.valence_arousal), batch.valence_arousal, batch.has_valence_arousal),
                     options().valence_arousal_weight});
  add_terms(terms, pass);
  return terms;
}

LossTerm Classifier::main_term(const Pass& pass) {
  const auto logits = full_precision(pass.output.logits);
  if (options().targets == "multi_target") return {"multi_target", multi_target_loss(logits, pass.batch.targets)};
  const auto targets = smooth_targets(hard_or_soft_targets(pass.batch), options().label_smoothing);
  const auto weights = class_weights_.defined() ? class_weights_.to(logits.device()) : class_weights_;
  return {"cross_entropy", soft_cross_entropy(logits, targets, weights)};
}

/// Mixing leaves no hard label, so `labels` is applied where targets are still untouched: as their arg max.
torch::Tensor Classifier::hard_or_soft_targets(const Batch& batch) const {
  if (options().targets != "labels" || options().mixup_alpha > 0) return batch.targets;
  return torch::one_hot(batch.labels.clamp_min(0), batch.targets.size(1)).to(torch::kFloat32);
}

std::unique_ptr<Method> create_classifier(const MethodConfig& config, const TaskInfo& task) {
  return std::make_unique<Classifier>(config, task);
}

}  // namespace mien
