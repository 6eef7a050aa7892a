// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/onnx_summary.h"

#include <fmt/format.h>

#include <vector>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/runtime.h"

namespace mien::cli {

namespace {

/// Multiplications with additions of one run on a blank image.
std::int64_t multiply_adds(const std::filesystem::path& file, const Preprocessing& p) {
  runtime::Session session(runtime::Model::load(file.string(), {runtime::Precision::fp32, 1, 1}));
  const std::vector<float> blank(static_cast<std::size_t>(p.channels() * p.height * p.width));
  double gflop = 0;
  for (const auto& layer : session.profile({{{1, p.channels(), p.height, p.width}, blank.data()}}, 1)) gflop += layer.gflop;
  return static_cast<std::int64_t>(gflop * 5e8);
}

}  // namespace

WeightsSummary summarize_onnx(const std::filesystem::path& file) {
  const auto network = graph::read_onnx(file);
  WeightsSummary summary;
  summary.format = fmt::format("ONNX, opset {}, {} nodes", network.opset, network.nodes.size());
  summary.info = from_metadata(network.metadata, file.string());
  for (const auto& value : network.values) {
    if (!value.constant) continue;
    ++summary.tensors;
    summary.values += value.constant->size();
    if (value.constant->type() == graph::DataType::f32) summary.parameters += value.constant->size();
    if (summary.first_key.empty()) summary.first_key = value.name;
    summary.last_key = value.name;
  }
  if (summary.info) summary.multiply_adds = multiply_adds(file, summary.info->preprocessing);
  return summary;
}

}  // namespace mien::cli
