// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/nn/pytorch_file.h"
#include "mien/nn/safetensors.h"
#include "mien/nn/safetensors_file.h"
#include "mien/nn/weights.h"

namespace mien {

namespace {

void append_state(const torch::nn::Module& module, const std::string& prefix, State& state) {
  for (const auto& [name, tensor] : module.named_parameters(false).pairs()) state.tensors.emplace_back(prefix + name, tensor);
  for (const auto& [name, tensor] : module.named_buffers(false).pairs()) state.tensors.emplace_back(prefix + name, tensor);
  for (const auto& [name, child] : module.named_children().pairs()) append_state(*child, prefix + name + ".", state);
}

}  // namespace

const torch::Tensor* State::find(const std::string& key) const {
  for (const auto& [name, tensor] : tensors)
    if (name == key) return &tensor;
  return nullptr;
}

State state_of(const torch::nn::Module& module) {
  State state{.origin = module.name(), .format = "module"};
  append_state(module, "", state);
  return state;
}

void copy_state(const torch::nn::Module& from, torch::nn::Module& to) {
  torch::NoGradGuard no_grad;
  const State source = state_of(from), target = state_of(to);
  if (source.tensors.size() != target.tensors.size())
    throw Error(ErrorCode::mismatch,
                fmt::format("cannot copy {} tensors into a module of {}", source.tensors.size(), target.tensors.size()));
  for (std::size_t i = 0; i < source.tensors.size(); ++i) {
    const auto& [key, value] = source.tensors[i];
    torch::Tensor place = target.tensors[i].second;
    if (key != target.tensors[i].first || value.sizes() != place.sizes())
      throw Error(ErrorCode::mismatch,
                  fmt::format("cannot copy '{}' into '{}': their names or shapes differ", key, target.tensors[i].first));
    place.copy_(value);
  }
}

void save_state(const std::filesystem::path& file, const State& state) {
  write_safetensors(file, {state.tensors, state.metadata});
}

void save_weights(const std::filesystem::path& file, const torch::nn::Module& module, const WeightsInfo& info) {
  write_safetensors(file, {state_of(module).tensors, to_metadata(info)});
}

State load_state(const std::filesystem::path& file, bool pass_over_unknown) {
  State state{.origin = file.string()};
  auto bytes = read_bytes(file, 64ull << 30);
  if (looks_like_pytorch(bytes.data(), bytes.size())) {
    auto content = parse_pytorch(bytes, state.origin, {.pass_over_unknown = pass_over_unknown});
    state.format = content.format;
    state.tensors = std::move(content.tensors);
    return state;
  }
  if (!looks_like_safetensors(bytes.data(), bytes.size())) {
    if (is_old_pytorch_tar(bytes.data(), bytes.size())) parse_pytorch(bytes, state.origin);  // has its own words for it
    throw Error(ErrorCode::bad_file, fmt::format("{}: neither a safetensors file nor one of torch.save", state.origin));
  }
  auto content = parse_safetensors(std::move(bytes), state.origin);
  state.format = "safetensors";
  state.tensors = std::move(content.tensors);
  state.metadata = std::move(content.metadata);
  state.info = from_metadata(state.metadata, state.origin);
  return state;
}

}  // namespace mien
