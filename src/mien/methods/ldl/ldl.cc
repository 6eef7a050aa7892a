// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/ldl.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "mien/base/error.h"
#include "mien/methods/classifier/classifier.h"
#include "mien/methods/ldl/distribution_loss.h"
#include "mien/methods/ldl/neighbour_outputs.h"
#include "mien/methods/ldl/neighbourhood_term.h"
#include "mien/methods/ldl/stored_distributions.h"
#include "mien/methods/ldl/teacher.h"
#include "mien/methods/ldl/training_graph.h"
#include "mien/methods/losses.h"

namespace mien {

void describe(LdlOptions& o, OptionTable& t) {
  const std::string s = "ldl";
  t.add(s, "ldl_targets", &o.targets, "What the output is compared with").one_of({"teacher", "votes", "labels", "smoothing"});
  t.add(s, "ldl_teacher", &o.teacher, "Weights file or run folder of the frozen teacher").path();
  t.add(s, "ldl_temperature", &o.temperature, "The teacher's logits are divided by it").range(1e-3, 1e3);
  t.add(s, "ldl_distributions", &o.distributions, "The teacher's stored distributions (CSV), instead of running it").path();
  t.add(s, "ldl_own_share", &o.own_share, "teacher: share of the data set's own votes or label in the target").range(0, 1);
  t.add(s, "ldl_loss", &o.loss, "Cross entropy over samples times classes, or over samples, or KL")
      .one_of({"element_mean", "sample_mean", "kl"});
  t.add(s, "ldl_neighbour_weight", &o.neighbour_weight, "Weight lambda of the neighbourhood term; 0 = off").range(0, 1e6);
  t.add(s, "ldl_neighbours", &o.neighbours, "Neighbours' outputs: as they were last seen, or computed anew")
      .one_of({"memory", "pass"});
  t.add(s, "ldl_detach_neighbours", &o.detach_neighbours, "No gradient through the neighbours' outputs");
  t.add(s, "ldl_neighbour_reduction", &o.neighbour_reduction, "Of the neighbourhood term over a batch").one_of({"mean", "sum"});
  t.add(s, "ldl_k", &o.graph.k, "Neighbours of each sample among Action Units").range(1, 1000);
  t.add(s, "ldl_sigma", &o.graph.sigma, "Neighbours weigh exp(-distance / sigma^2)").range(1e-6, 1e6);
  t.add(s, "ldl_squared", &o.graph.squared, "Neighbours weigh exp(-distance^2 / sigma^2) instead");
  t.add(s, "ldl_search", &o.graph.search, "How neighbours are looked for").one_of({"auto", "exact", "hnsw"});
  t.add(s, "ldl_action_units", &o.action_units, "The data set's Action Units, or estimates from the 68 landmarks")
      .one_of({"measured", "estimated"});
  t.add(s, "ldl_anomaly_floor", &o.anomaly_floor, "Weight of a sample whose Action Units contradict its label; 1 = off")
      .range(0, 1);
}

namespace {

/// The classifier below: `ldl_targets` takes the place of its targets.
MethodConfig without_targets(MethodConfig config) {
  config.classifier.targets = "distributions";
  return config;
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint) { throw Error(ErrorCode::usage, what, hint); }

void check(const LdlOptions& ldl, const ClassifierOptions& classifier) {
  const bool per_sample = ldl.neighbour_weight > 0 || ldl.anomaly_floor < 1 || !ldl.distributions.empty();
  if (classifier.mixup_alpha > 0 && (per_sample || ldl.targets == "labels" || ldl.targets == "smoothing"))
    refuse("--mixup-alpha: mixed faces have no label, neighbours or stored distribution of their own",
           "Mix only with --ldl-targets votes, or with a teacher that runs.");
  if ((ldl.targets == "smoothing") != (classifier.label_smoothing > 0))
    refuse("--ldl-targets smoothing and --label-smoothing go together", "Give both or neither.");
  if (classifier.class_weights != "none")
    refuse("--class-weights with --method ldl: distributions have no class", "Balance with --sampler.");
  if (ldl.neighbours == "memory" && !ldl.detach_neighbours)
    refuse("--ldl-detach-neighbours false: outputs out of the memory have no gradient",
           "Compute them anew with --ldl-neighbours pass.");
  if (ldl.targets != "teacher" && !(ldl.teacher.empty() && ldl.distributions.empty()))
    refuse("--ldl-teacher or --ldl-distributions without --ldl-targets teacher", "Set --ldl-targets teacher.");
  if (ldl.targets != "teacher" && ldl.own_share > 0)
    refuse("--ldl-own-share without --ldl-targets teacher: there is nothing to mix with", "Set --ldl-targets teacher.");
  if (ldl.targets == "teacher" && ldl.teacher.empty() == ldl.distributions.empty())
    refuse("--ldl-targets teacher needs one of --ldl-teacher and --ldl-distributions",
           "Name a run folder: --ldl-teacher runs/train/NAME");
}

/// One-hot distributions are labels by another name.
void check_votes(const Dataset& training) {
  const auto undecided = [](const Record& record) {
    const auto& votes = record.annotations.distribution;
    return !votes.empty() && *std::max_element(votes.begin(), votes.end()) < 0.999F;
  };
  if (std::none_of(training.records.begin(), training.records.end(), undecided))
    refuse("--ldl-targets votes: no training sample of '" + training.name + "' has votes for more than one class",
           "FER+: --votes majority_votes or crossentropy. Without votes: --ldl-targets teacher, labels or smoothing.");
}

class Ldl : public Classifier {
 public:
  Ldl(const MethodConfig& config, const TaskInfo& task)
      : Classifier(without_targets(config), task), form_(distribution_loss_form(options().loss)) {
    check(options(), config.classifier);
  }

  std::vector<torch::nn::Module*> companions() override {
    if (options().teacher.empty()) return {};
    return {&teacher().module()};
  }

  std::vector<TrainingStep> steps() override {
    prepare();
    return Classifier::steps();
  }

  std::vector<std::pair<std::string, torch::Tensor>> training_state() override {
    if (!memory_.defined()) return {};
    return {{"neighbour_memory", memory_}};
  }

  std::vector<MeasuredMetric> measured() const override { return {{"vote_kl", true}, {"vote_cosine"}, {"vote_top1"}}; }

  std::vector<Measurement> measure(const Batch& batch) override {
    if (!batch.targets.defined()) return {};
    const torch::NoGradGuard no_grad;
    const auto log_p = torch::log_softmax(full_precision(forward(batch).logits), 1);
    const auto p = log_p.exp();
    const auto unknown = batch.targets.sum(1) <= 0;
    const auto known_only = [&](const torch::Tensor& values) {
      return values.masked_fill(unknown, std::numeric_limits<double>::quiet_NaN());
    };
    const auto norms = p.norm(2, 1) * batch.targets.norm(2, 1);
    const auto votes_for_first = batch.targets.gather(1, p.argmax(1, true)).squeeze(1);
    return {{"vote_kl", known_only((torch::xlogy(batch.targets, batch.targets) - batch.targets * log_p).sum(1))},
            {"vote_cosine", known_only((p * batch.targets).sum(1) / norms.clamp_min(1e-12))},
            {"vote_top1", known_only((votes_for_first >= batch.targets.amax(1)).to(p.dtype()))}};
  }

 protected:
  LossTerm main_term(const Pass& pass) override {
    const auto logits = full_precision(pass.output.logits);
    const auto targets = targets_of(pass.batch).to(logits.dtype());
    torch::Tensor weights;
    if (options().anomaly_floor < 1) weights = rows_of(graph().sample_weights, pass.batch).to(logits.dtype());
    return {form_ == DistributionLoss::kl ? "kl" : "cross_entropy", distribution_loss(logits, targets, form_, weights)};
  }

  void add_terms(std::vector<LossTerm>& terms, const Pass& pass) override {
    if (options().neighbour_weight == 0) return;
    const auto log_p = torch::log_softmax(full_precision(pass.output.logits), 1);
    const auto neighbours = graph().neighbours.index_select(0, pass.batch.indices.to(torch::kCPU));
    const auto edges = rows_of(graph().edge_weights, pass.batch).to(log_p.dtype());
    const NeighbourOutputs found =
        memory_.defined() ? recalled_outputs(memory_, neighbours, log_p) : computed_outputs(pass.batch, neighbours);
    const auto rows = neighbour_divergences(log_p, found.log_p, edges * found.known);
    terms.push_back(
        {"neighbourhood", options().neighbour_reduction == "sum" ? rows.sum() : rows.mean(), options().neighbour_weight});
    terms.push_back({"neighbour_share", (found.known * (edges > 0)).mean(), 0});
    if (memory_.defined()) remember_outputs(memory_, pass.batch.indices, log_p);
  }

 private:
  const LdlOptions& options() const { return config().ldl; }

  /// Everything from files and from the training samples.
  void prepare() {
    if (options().targets == "votes" && task().training) check_votes(*task().training);
    if (!options().teacher.empty()) teacher();
    if (!options().distributions.empty() && !stored_.defined()) stored_ = read_distributions(options().distributions, training());
    if (options().neighbour_weight > 0 || options().anomaly_floor < 1) graph();
    if (options().neighbour_weight > 0 && options().neighbours == "memory" && !memory_.defined())
      memory_ = empty_memory(training().size(), task().labels.size());
  }

  const Dataset& training() const {
    if (task().training) return *task().training;
    refuse("neighbours and stored distributions need one training part for all epochs",
           "Take another --validation than rotating folds, or a single one with --fold.");
  }

  Teacher& teacher() {
    if (!teacher_) teacher_.emplace(options().teacher, task());
    return *teacher_;
  }

  const TrainingGraph& graph() {
    const auto source = options().action_units == "estimated" ? ActionUnitSource::estimated : ActionUnitSource::measured;
    if (!graph_) graph_ = make_training_graph(training(), options().graph, options().anomaly_floor, source);
    return *graph_;
  }

  static torch::Tensor rows_of(const torch::Tensor& of_training, const Batch& batch) {
    return of_training.index_select(0, batch.indices.to(torch::kCPU)).to(batch.images.device());
  }

  torch::Tensor targets_of(const Batch& batch) {
    if (options().targets == "votes") return batch.targets;
    if (options().targets == "teacher") return taught(batch);
    const auto labels = torch::one_hot(batch.labels.clamp_min(0), batch.targets.size(1)).to(torch::kFloat32);
    return options().targets == "smoothing" ? smooth_targets(labels, config().classifier.label_smoothing) : labels;
  }

  /// The teacher's distributions, mixed with the samples' own ones.
  torch::Tensor taught(const Batch& batch) {
    const auto answers =
        stored_.defined() ? rows_of(stored_, batch) : teacher().distributions(batch.images, options().temperature);
    const double own = options().own_share;
    return own > 0 ? own * batch.targets + (1 - own) * answers : answers;
  }

  NeighbourOutputs computed_outputs(const Batch& batch, const torch::Tensor& neighbours) {
    return neighbour_pass(network(), task().training, task().preprocessing, neighbours, batch.images,
                          !options().detach_neighbours);
  }

  DistributionLoss form_;
  std::optional<Teacher> teacher_;
  std::optional<TrainingGraph> graph_;
  torch::Tensor stored_;  ///< [n,K] the teacher's distributions
  torch::Tensor memory_;  ///< [n,K] the network's outputs when a sample was last seen
};

}  // namespace

std::unique_ptr<Method> create_ldl(const MethodConfig& config, const TaskInfo& task) {
  return std::make_unique<Ldl>(config, task);
}

}  // namespace mien
