// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/optim/optimizer.h"

#include "mien/base/error.h"

namespace mien {

void describe(OptimizerOptions& o, OptionTable& t) {
  const std::string s = "optimizer";
  t.add(s, "optimizer", &o.kind, "Optimizer").one_of({"sgd", "adam", "adamw"});
  t.add(s, "lr", &o.lr, "Base learning rate (the peak for one_cycle)").range(0, 1e6);
  t.add(s, "momentum", &o.momentum, "sgd: momentum").range(0, 1);
  t.add(s, "nesterov", &o.nesterov, "sgd: Nesterov's form");
  t.add(s, "weight_decay", &o.weight_decay, "Weight decay").range(0, 1e6);
  t.add(s, "decay_norm_and_bias", &o.decay_norm_and_bias, "Decay biases and norm weights too");
  t.add(s, "beta1", &o.beta1, "adam: decay of the first moment").range(0, 1);
  t.add(s, "beta2", &o.beta2, "adam: decay of the second moment").range(0, 1);
  t.add(s, "epsilon", &o.epsilon, "adam: epsilon").range(0, 1);
  t.add(s, "amsgrad", &o.amsgrad, "adam: AMSGrad");
}

namespace {

/// Parameters with the same factors.
struct Members {
  double lr_factor = 1, weight_decay = 0;
  std::vector<torch::Tensor> tensors;
};

/// Of every group the decayed parameters, then the others; first those that no group takes.
std::vector<Members> members_of(const OptimizerOptions& o, const NamedParameters& parameters, const std::vector<ParameterGroup>& groups) {
  std::vector<Members> all(2 * (groups.size() + 1));
  const auto set = [&](std::size_t i, double lr_factor, double decay_factor) {
    all[2 * i].lr_factor = all[2 * i + 1].lr_factor = lr_factor;
    all[2 * i].weight_decay = o.weight_decay * decay_factor;
  };
  set(0, 1, 1);
  for (std::size_t g = 0; g < groups.size(); ++g) set(g + 1, groups[g].lr_factor, groups[g].decay_factor);
  for (const auto& [name, parameter] : parameters) {
    std::size_t g = 0;
    while (g < groups.size() && name.rfind(groups[g].prefix, 0) != 0) ++g;
    const std::size_t i = g < groups.size() ? g + 1 : 0;
    all[2 * i + (o.decay_norm_and_bias || parameter.dim() > 1 ? 0 : 1)].tensors.push_back(parameter);
  }
  std::erase_if(all, [](const Members& members) { return members.tensors.empty(); });
  return all;
}

template <typename Optimizer, typename Options>
std::unique_ptr<torch::optim::Optimizer> make(const std::vector<Members>& all, Options settings) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  for (const Members& members : all) {
    settings.weight_decay(members.weight_decay);
    groups.emplace_back(members.tensors, std::make_unique<Options>(settings));
  }
  return std::make_unique<Optimizer>(groups, settings);
}

std::unique_ptr<torch::optim::Optimizer> make(const OptimizerOptions& o, const std::vector<Members>& all) {
  using namespace torch::optim;
  if (o.kind == "sgd") return make<SGD>(all, SGDOptions(o.lr).momentum(o.momentum).nesterov(o.nesterov && o.momentum > 0));
  const std::tuple<double, double> betas{o.beta1, o.beta2};
  if (o.kind == "adam") return make<Adam>(all, AdamOptions(o.lr).betas(betas).eps(o.epsilon).amsgrad(o.amsgrad));
  if (o.kind == "adamw") return make<AdamW>(all, AdamWOptions(o.lr).betas(betas).eps(o.epsilon).amsgrad(o.amsgrad));
  throw Error(ErrorCode::usage, "unknown optimizer '" + o.kind + "'", "Known: sgd, adam, adamw.");
}

}  // namespace

NamedParameters named_parameters(const torch::nn::Module& module) {
  NamedParameters all;
  for (const auto& item : module.named_parameters()) all.emplace_back(item.key(), item.value());
  return all;
}

GroupedOptimizer::GroupedOptimizer(const OptimizerOptions& options, const NamedParameters& parameters, const std::vector<ParameterGroup>& groups) {
  const auto all = members_of(options, parameters, groups);
  optimizer_ = make(options, all);
  for (const Members& members : all) lr_factors_.push_back(members.lr_factor);
}

void GroupedOptimizer::apply_schedule(const ScheduleValue& value) {
  auto& groups = optimizer_->param_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double lr = value.lr * lr_factors_[i];
    auto& base = groups[i].options();
    if (auto* sgd = dynamic_cast<torch::optim::SGDOptions*>(&base)) {
      sgd->lr(lr);
      if (value.momentum >= 0) sgd->momentum(value.momentum);
    } else if (auto* adam = dynamic_cast<torch::optim::AdamOptions*>(&base)) {
      adam->lr(lr);
      if (value.momentum >= 0) adam->betas({value.momentum, std::get<1>(adam->betas())});
    } else if (auto* adamw = dynamic_cast<torch::optim::AdamWOptions*>(&base)) {
      adamw->lr(lr);
      if (value.momentum >= 0) adamw->betas({value.momentum, std::get<1>(adamw->betas())});
    }
  }
}

}  // namespace mien
