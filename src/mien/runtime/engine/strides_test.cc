// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Convolutions and pooling of every stride beside every kernel, strides beyond the kernel too, against plain evaluation.
#include <cstring>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

struct Layers {
  const char* name;
  const char* op;
  std::int64_t in, out, groups;
};

/// Layers of all kernels, strides and dilations side by side on one input.
class Strides : public ::testing::TestWithParam<Layers> {
 protected:
  static graph::ValueId layer(NetworkBuilder& n, graph::ValueId x, std::int64_t kernel, std::int64_t stride,
                              std::int64_t dilation) {
    const auto& layers = GetParam();
    const std::string op = layers.op;
    const auto pad = stride % 2 ? 0 : kernel / 2;
    Attributes attributes{{"kernel_shape", Integers{kernel, kernel}},
                          {"strides", Integers{stride, stride}},
                          {"pads", Integers{pad, pad, pad, pad}}};
    if (op != "AveragePool") attributes["dilations"] = Integers{dilation, dilation};
    if (op == "MaxPool" || op == "AveragePool") return n.node(op, {x}, attributes);
    attributes["group"] = layers.groups;
    const auto [first, second] =
        op == "Conv" ? std::pair(layers.out, layers.in / layers.groups) : std::pair(layers.in, layers.out / layers.groups);
    return n.node(op, {x, n.weights({first, second, kernel, kernel}), n.weights({layers.out})}, attributes);
  }

  static NetworkBuilder network() {
    NetworkBuilder n;
    const std::string op = GetParam().op;
    const std::int64_t size = op == "ConvTranspose" ? 4 : 27;
    const auto x = n.node("Relu", {n.input({1, GetParam().in, size, size})});
    for (const std::int64_t kernel : {1, 3, 5, 7})
      for (const std::int64_t dilation : {1, 2})
        for (std::int64_t stride = 1; stride <= 12; ++stride)
          if (dilation == 1 || (kernel > 1 && op != "AveragePool")) n.output(layer(n, x, kernel, stride, dilation));
    return n;
  }
};

TEST_P(Strides, GiveWhatPlainEvaluationGives) {
  auto n = network();
  const auto plain = specialise(n.graph, n.types);
  const auto inputs = example_inputs(plain);
  const auto expected = reference_run(plain, inputs);
  const TensorView input(inputs[0].dims(), inputs[0].values<float>().data());
  const auto model = [&](Precision precision) {
    const auto bytes = graph::serialize_onnx(n.graph);
    return Model::parse(bytes.data(), bytes.size(), "strides", {precision, 1});
  };
  const auto check = [&](Precision precision, double tolerance) {
    if (!processor_has(precision)) return;
    Session session(model(precision));
    const auto& outputs = session.run({input});
    for (std::size_t i = 0; i < expected.size(); ++i) {
      graph::Tensor found(graph::DataType::f32, outputs[i].shape);
      std::memcpy(found.raw(), outputs[i].data, found.bytes());
      EXPECT_LE(difference(found, expected[i]), tolerance) << name_of(precision) << " output " << i;
    }
  };
  check(Precision::fp32, 2e-5);
  check(Precision::bf16, 0.04);
  if (!processor_has(Precision::int8)) return;
  Calibrator calibrator(model(Precision::fp32));
  calibrator.add({input});
  n.graph.metadata[calibration_key] = calibrator.finish(1.0);
  check(Precision::int8, 0.08);
}

INSTANTIATE_TEST_SUITE_P(Layers, Strides,
                         ::testing::Values(Layers{"dense", "Conv", 16, 32, 1}, Layers{"stem", "Conv", 3, 16, 1},
                                           Layers{"depthwise", "Conv", 16, 16, 16}, Layers{"groups", "Conv", 32, 32, 2},
                                           Layers{"transposed", "ConvTranspose", 16, 16, 1},
                                           Layers{"max_pool", "MaxPool", 16, 16, 1},
                                           Layers{"average_pool", "AveragePool", 16, 16, 1}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mien::runtime
