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

template <typename Options>
std::vector<torch::optim::OptimizerParamGroup> groups(const OptimizerOptions& o, const std::vector<torch::Tensor>& parameters, Options settings) {
  std::vector<torch::Tensor> decayed, plain;
  for (const auto& p : parameters) (o.decay_norm_and_bias || p.dim() > 1 ? decayed : plain).push_back(p);
  std::vector<torch::optim::OptimizerParamGroup> out;
  const auto add = [&](std::vector<torch::Tensor> members, double decay) {
    if (members.empty()) return;
    settings.weight_decay(decay);
    out.emplace_back(std::move(members), std::make_unique<Options>(settings));
  };
  add(std::move(decayed), o.weight_decay);
  add(std::move(plain), 0);
  return out;
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const OptimizerOptions& o, const std::vector<torch::Tensor>& parameters) {
  using namespace torch::optim;
  if (o.kind == "sgd") {
    const auto settings = SGDOptions(o.lr).momentum(o.momentum).nesterov(o.nesterov && o.momentum > 0);
    return std::make_unique<SGD>(groups(o, parameters, settings), settings);
  }
  const std::tuple<double, double> betas{o.beta1, o.beta2};
  if (o.kind == "adam") {
    const auto settings = AdamOptions(o.lr).betas(betas).eps(o.epsilon).amsgrad(o.amsgrad);
    return std::make_unique<Adam>(groups(o, parameters, settings), settings);
  }
  if (o.kind == "adamw") {
    const auto settings = AdamWOptions(o.lr).betas(betas).eps(o.epsilon).amsgrad(o.amsgrad);
    return std::make_unique<AdamW>(groups(o, parameters, settings), settings);
  }
  throw Error(ErrorCode::usage, "unknown optimizer '" + o.kind + "'", "Known: sgd, adam, adamw.");
}

void apply_schedule(torch::optim::Optimizer& optimizer, const ScheduleValue& value) {
  for (auto& group : optimizer.param_groups()) {
    auto& base = group.options();
    if (auto* sgd = dynamic_cast<torch::optim::SGDOptions*>(&base)) {
      sgd->lr(value.lr);
      if (value.momentum >= 0) sgd->momentum(value.momentum);
    } else if (auto* adam = dynamic_cast<torch::optim::AdamOptions*>(&base)) {
      adam->lr(value.lr);
      if (value.momentum >= 0) adam->betas({value.momentum, std::get<1>(adam->betas())});
    } else if (auto* adamw = dynamic_cast<torch::optim::AdamWOptions*>(&base)) {
      adamw->lr(value.lr);
      if (value.momentum >= 0) adamw->betas({value.momentum, std::get<1>(adamw->betas())});
    }
  }
}

}  // namespace mien
