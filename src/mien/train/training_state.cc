// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/train/training_state.h"

#include <torch/serialize.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/nn/weights.h"

namespace mien {
namespace {

constexpr const char* kCounters = "mien.training";
constexpr const char* kDeciding = "mien.deciding";

nlohmann::json to_json(const TrainingCounters& c) {
  nlohmann::json bad = nlohmann::json::array();
  for (const BadSample& b : c.bad) bad.push_back({b.id, b.reason});
  return {{"epoch", c.epoch}, {"step", c.step}, {"iteration", c.iteration}, {"total_iterations", c.total_iterations},
          {"sums", c.sums}, {"counts", c.counts}, {"images", c.images}, {"bad_files", c.bad_files}, {"bad", bad},
          {"epoch_seconds", c.epoch_seconds}, {"total_seconds", c.total_seconds}, {"best_epoch", c.best_epoch},
          {"best_score", c.best_score},
          {"columns", c.history.columns}, {"rows", c.history.rows}};
}

void from_json(const nlohmann::json& j, TrainingCounters& c) {
  j.at("epoch").get_to(c.epoch);
  j.at("step").get_to(c.step);
  j.at("iteration").get_to(c.iteration);
  j.at("total_iterations").get_to(c.total_iterations);
  j.at("sums").get_to(c.sums);
  j.at("counts").get_to(c.counts);
  j.at("images").get_to(c.images);
  j.at("bad_files").get_to(c.bad_files);
  c.bad.clear();
  for (const auto& b : j.at("bad")) c.bad.push_back({b.at(0), b.at(1)});
  j.at("epoch_seconds").get_to(c.epoch_seconds);
  j.at("total_seconds").get_to(c.total_seconds);
  j.at("best_epoch").get_to(c.best_epoch);
  j.at("best_score").get_to(c.best_score);
  j.at("columns").get_to(c.history.columns);
  c.history.rows.clear();
  for (const auto& row : j.at("rows")) {
    auto& values = c.history.rows.emplace_back();  // JSON has no NaN: it was written as null
    for (const auto& cell : row) values.push_back(cell.is_null() ? std::numeric_limits<double>::quiet_NaN() : cell.get<double>());
  }
}

/// libtorch's own archive of an optimizer, as bytes.
torch::Tensor pack_optimizer(const torch::optim::Optimizer& optimizer) {
  torch::serialize::OutputArchive archive;
  optimizer.save(archive);
  std::ostringstream out;
  archive.save_to(out);
  const std::string bytes = out.str();
  return torch::from_blob(const_cast<char*>(bytes.data()), {static_cast<std::int64_t>(bytes.size())}, torch::kUInt8).clone();
}

void unpack_optimizer(torch::optim::Optimizer& optimizer, const torch::Tensor& bytes) {
  const auto flat = bytes.contiguous();
  std::istringstream in(std::string(reinterpret_cast<const char*>(flat.data_ptr<std::uint8_t>()), static_cast<std::size_t>(flat.numel())));
  torch::serialize::InputArchive archive;
  archive.load_from(in);
  optimizer.load(archive);
}

const torch::Tensor& required(const State& state, const std::string& key) {
  const torch::Tensor* tensor = state.find(key);
  if (!tensor) throw Error(ErrorCode::bad_file, state.origin + ": '" + key + "' is missing", "The state file does not fit this version.");
  return *tensor;
}

}  // namespace

void save_training_state(const std::filesystem::path& file, const TrainingParts& parts, const DecidingFacts& deciding) {
  State state;
  for (const auto& [name, value] : named_state(parts.module)) state.tensors.emplace_back("model." + name, value.detach());
  if (parts.average) {
    for (const auto& [name, value] : parts.average->shadow()) state.tensors.emplace_back("average." + name, value);
    state.metadata["mien.average_updates"] = std::to_string(parts.average->updates());
  }
  for (const auto& [name, value] : parts.method_state) state.tensors.emplace_back("method." + name, value);
  for (std::size_t i = 0; i < parts.optimizers.size(); ++i)
    state.tensors.emplace_back("optimizer." + std::to_string(i), pack_optimizer(*parts.optimizers[i]));
  state.metadata[kCounters] = json_text(to_json(parts.counters));
  state.metadata[kDeciding] = json_text(nlohmann::json(deciding));
  save_state(file, state);
}

void load_training_state(const std::filesystem::path& file, const TrainingParts& parts, const DecidingFacts& deciding) {
  const State state = load_state(file);
  const auto stored = state.metadata.find(kDeciding);
  if (stored == state.metadata.end())
    throw Error(ErrorCode::mismatch, file.string() + ": the state was written by an earlier version of mien, which did not say what decides the training",
                "Start a new run; the weights of this one can be used with --weights.");
  check_same_training(parse_json(stored->second, state.origin).get<DecidingFacts>(), deciding, file);
  torch::NoGradGuard no_grad;
  for (auto& [name, value] : named_state(parts.module)) value.copy_(required(state, "model." + name));
  if (parts.average) {
    for (auto& [name, value] : parts.average->shadow()) value.copy_(required(state, "average." + name));
    parts.average->set_updates(std::stoll(state.metadata.at("mien.average_updates")));
  }
  for (const auto& [name, value] : parts.method_state) value.copy_(required(state, "method." + name));
  for (std::size_t i = 0; i < parts.optimizers.size(); ++i)
    unpack_optimizer(*parts.optimizers[i], required(state, "optimizer." + std::to_string(i)));
  from_json(parse_json(state.metadata.at(kCounters), state.origin), parts.counters);
}

}  // namespace mien
