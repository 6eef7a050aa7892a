// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/model_tools.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/nn/network.h"
#include "mien/nn/safetensors.h"
#include "mien/nn/weights.h"

namespace mien {

WeightsSummary summarize_weights(const std::filesystem::path& file) {
  const State state = load_state(file);
  WeightsSummary summary;
  summary.format = state.format;
  summary.info = state.info;
  summary.tensors = static_cast<std::int64_t>(state.tensors.size());
  for (const auto& [key, tensor] : state.tensors) summary.values += tensor.numel();
  if (!state.tensors.empty()) {
    summary.first_key = state.tensors.front().first;
    summary.last_key = state.tensors.back().first;
  }
  if (state.info) {
    const auto network = create_network(state.info->network);
    summary.parameters = parameter_count(*network);
    summary.multiply_adds = multiply_adds(*network, state.info->preprocessing.height, state.info->preprocessing.width);
  }
  return summary;
}

std::string run_forward(const ForwardRequest& request) {
  const State state = load_state(request.weights);
  const auto network = create_network(state.info ? state.info->network : request.network);
  load_into(*network, state);
  const auto dtype = request.float64 ? torch::kFloat64 : torch::kFloat32;
  network->to(dtype);
  network->eval();
  Taps taps({request.features.begin(), request.features.end()});
  check_tap_names(*network, taps.wanted);
  const auto content = read_safetensors(request.input);
  const auto input =
      std::find_if(content.tensors.begin(), content.tensors.end(), [](const auto& entry) { return entry.first == "input"; });
  if (input == content.tensors.end())
    throw Error(ErrorCode::bad_file, fmt::format("{}: has no tensor called 'input'", request.input.string()));
  torch::NoGradGuard no_grad;
  Safetensors result;
  result.tensors.emplace_back("logits", network->forward(input->second.to(dtype), taps));
  for (const auto& [name, tensor] : taps.found) result.tensors.emplace_back(name, tensor);
  write_safetensors(request.output, result);
  const auto& logits = result.tensors.front().second;
  return fmt::format("{}: logits [{},{}] and {} inner layers", request.output.string(), logits.size(0), logits.size(1),
                     taps.found.size());
}

std::string import_weights(const ImportRequest& request) {
  const State state = load_state(request.source, request.pass_over_unknown);
  WeightsInfo info;
  info.network = resolved(request.network);
  info.label_space = request.label_space;
  info.class_names = request.class_names;
  info.preprocessing = request.preprocessing;
  info.licence = request.licence;
  if (!info.class_names.empty() && static_cast<std::int64_t>(info.class_names.size()) != info.network.num_classes)
    throw Error(ErrorCode::usage,
                fmt::format("{} class names were given for {} classes", info.class_names.size(), info.network.num_classes));
  to_metadata(info);  // refuses class names before the work
  const auto network = create_network(request.network);
  const auto report = load_into(*network, state, {.allow_partial = request.allow_partial, .ignore_head = request.ignore_head});
  save_weights(request.output, *network, info);
  return fmt::format("{} ({}) -> {}\n{}", request.source.string(), state.format, request.output.string(), report.text());
}

}  // namespace mien
