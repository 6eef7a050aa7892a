// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <filesystem>
#include <string>

#include "mien/face/landmark_frame.h"
#include "mien/graph/graph.h"
#include "mien/graph/onnx_file.h"

namespace mien::testing {

/// 68 points on an ellipse about the middle of the unit square: where on the face does not matter to the geometry.
inline LandmarkFrame ellipse_frame(int looks) {
  LandmarkFrame frame;
  frame.size_px = 16;
  frame.looks = looks;
  for (int k = 0; k < 68; ++k)
    frame.shape.emplace_back(static_cast<float>(0.5 + 0.25 * std::cos(k * 2 * M_PI / 68)),
                             static_cast<float>(0.5 + 0.3 * std::sin(k * 2 * M_PI / 68)));
  frame.boxes["dlib"] = {0.1, -0.2, 1.5};
  return frame;
}

/// A landmark network whose answer is known: the mean shape shifted by (shift_x, 0) shares of the frame, whatever it sees; its
/// face logit is the sum of the first `columns` input values of the first row, times `factor`.
inline graph::Graph fixed_landmark_network(const LandmarkFrame& frame, float shift_x, float factor = 0, int columns = 1) {
  graph::Graph g;
  g.name = "landmarks";
  g.opset = 13;
  const std::int64_t pixels = static_cast<std::int64_t>(frame.size_px) * frame.size_px;
  const auto matrix = [&](const char* name, std::int64_t rows, float value, std::int64_t first) {
    graph::Tensor t(graph::DataType::f32, {rows, pixels});
    auto values = t.values<float>();
    std::fill(values.begin(), values.end(), 0.0f);
    for (std::int64_t i = 0; i < first; ++i) values[static_cast<std::size_t>(i)] = value;
    return g.add_constant(name, std::move(t));
  };
  std::vector<float> bias;
  for (const auto& p : frame.shape) bias.insert(bias.end(), {p.x + shift_x, p.y});
  const auto input = g.add_value("frame"), flat = g.add_value("flat"), points = g.add_value("points"), face = g.add_value("face");
  const auto w = matrix("w", 136, 0, 0), v = matrix("v", 1, factor, columns);
  const auto b = g.add_constant("b", graph::Tensor::of(bias)), c = g.add_constant("c", graph::Tensor::of(std::vector<float>{0}));
  const auto node = [&](const char* op, std::vector<graph::ValueId> inputs, graph::ValueId output) {
    graph::Node n;
    n.op = op;
    n.name = g.values[static_cast<std::size_t>(output)].name;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    if (n.op == "Gemm") n.attributes["transB"] = std::int64_t{1};
    g.nodes.push_back(std::move(n));
  };
  node("Flatten", {input}, flat);
  node("Gemm", {flat, w, b}, points);
  node("Gemm", {flat, v, c}, face);
  const auto port = [](graph::ValueId value, graph::Dims dims) {
    graph::Port p;
    p.value = value;
    p.dims = std::move(dims);
    return p;
  };
  g.inputs = {port(input, {1, 1, frame.size_px, frame.size_px})};
  g.outputs = {port(points, {1, 136}), port(face, {1, 1})};
  g.metadata[landmark_frame_key] = to_json(frame);
  return g;
}

}  // namespace mien::testing
