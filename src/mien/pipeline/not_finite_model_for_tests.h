// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/graph/onnx_file.h"
#include "mien/model_info/weights_info.h"

namespace mien {

/// Writes an expression model of three classes that answers NaN for pictures whose mean gray value in [0,1] is above `limit`, and the logits
/// (1, 0, 0) for darker ones: it takes the difference of exponentials that overflow there.
inline void write_not_finite_model(const std::filesystem::path& file, float limit) {
  WeightsInfo info;
  info.network.num_classes = 3;
  info.class_names = {"anger", "happiness", "neutral"};
  info.preprocessing.color = "gray";
  info.preprocessing.width = info.preprocessing.height = 8;
  info.preprocessing.mean = {0};
  info.preprocessing.std = {1};
  graph::Graph g;
  g.name = "overflowing";
  g.opset = 13;
  g.metadata = to_metadata(info);
  const auto node = [&](const char* op, std::vector<graph::ValueId> inputs, const char* name) {
    graph::Node n;
    n.op = op;
    n.name = name;
    n.inputs = std::move(inputs);
    n.outputs = {g.add_value(name)};
    g.nodes.push_back(std::move(n));
    return g.nodes.back().outputs[0];
  };
  const auto constant = [&](const char* name, const std::vector<float>& values, graph::Dims dims) {
    return g.add_constant(name, graph::Tensor::of(values).reshaped(std::move(dims)));
  };
  const auto image = g.add_value("image");
  g.inputs.push_back({image, graph::DataType::f32, {-1, 1, 8, 8}, {}, true});
  const auto mean = node("Flatten", {node("GlobalAveragePool", {image}, "pool")}, "mean");
  constexpr float overflowing = 88.8F;  // of exp in single precision
  const auto large = node("Exp", {node("Mul", {mean, constant("factor", {overflowing / limit}, {1})}, "scaled")}, "large");
  const auto other = node("Exp", {node("Mul", {mean, constant("factor2", {overflowing / limit}, {1})}, "scaled2")}, "large2");
  const auto nothing = node("Sub", {large, other}, "nothing");  // infinity less infinity is no number
  const auto logits = node("Add", {nothing, constant("bias", {1, 0, 0}, {1, 3})}, "logits");
  g.outputs.push_back({logits, graph::DataType::f32, {-1, 3}, {}, true});
  graph::write_onnx(g, file);
}

}  // namespace mien
