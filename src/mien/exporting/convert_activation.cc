// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "mien/exporting/conversion.h"

// Activations, clamps and softmax.
namespace mien::exporting {
namespace {

void clip(Conversion& c, double low, double high) {
  const auto type = c.output_type();
  const ValueId x = c.operand("self", type);
  c.result(c.add("Clip", {x, std::isinf(low) ? graph::no_value : c.scalar(low, type),
                          std::isinf(high) ? graph::no_value : c.scalar(high, type)}));
}

constexpr double infinity = std::numeric_limits<double>::infinity();

void convert_clamp(Conversion& c) { clip(c, c.real_or("min", -infinity), c.real_or("max", infinity)); }
void convert_relu6(Conversion& c) { clip(c, 0, 6); }
void convert_hardtanh(Conversion& c) { clip(c, c.real_or("min_val", -1), c.real_or("max_val", 1)); }

void convert_relu(Conversion& c) { c.result(c.add("Relu", {c.value("self")})); }
void convert_sigmoid(Conversion& c) { c.result(c.add("Sigmoid", {c.value("self")})); }
void convert_tanh(Conversion& c) { c.result(c.add("Tanh", {c.value("self")})); }

ValueId hard_sigmoid(Conversion& c, ValueId x) { return c.add("HardSigmoid", {x}, {{"alpha", 1.0f / 6}, {"beta", 0.5f}}); }
void convert_hardsigmoid(Conversion& c) { c.result(hard_sigmoid(c, c.value("self"))); }
void convert_hardswish(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.opset() >= 14 ? c.add("HardSwish", {x}) : c.add("Mul", {x, hard_sigmoid(c, x)}));
}

void convert_silu(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.add("Mul", {x, c.add("Sigmoid", {x})}));
}

void convert_mish(Conversion& c) {
  const ValueId x = c.value("self");
  c.result(c.add("Mul", {x, c.add("Tanh", {c.add("Softplus", {x})})}));
}

/// ln(1 + exp(beta x)) / beta. libtorch returns x above `threshold`, where both agree in float32.
void convert_softplus(Conversion& c) {
  const double beta = c.real_or("beta", 1);
  if (beta == 1) return c.result(c.add("Softplus", {c.value("self")}));
  c.result(c.add("Div", {c.add("Softplus", {c.add("Mul", {c.value("self"), c.scalar(beta)})}), c.scalar(beta)}));
}

/// x (1 + erf(x / sqrt 2)) / 2, in the order of operations that fusing tools look for.
void convert_gelu(Conversion& c) {
  const ValueId x = c.value("self");
  if (c.text_or("approximate", "none") == "none") {
    const ValueId erf = c.add("Erf", {c.add("Div", {x, c.scalar(std::sqrt(2.0))})});
    return c.result(c.add("Mul", {c.add("Mul", {x, c.add("Add", {erf, c.scalar(1)})}), c.scalar(0.5)}));
  }
  const ValueId cubed = c.add("Mul", {x, c.add("Mul", {x, x})});
  const ValueId inner = c.add("Add", {x, c.add("Mul", {cubed, c.scalar(0.044715)})});
  const ValueId tanh = c.add("Tanh", {c.add("Mul", {inner, c.scalar(std::sqrt(2.0 / std::numbers::pi))})});
  c.result(c.add("Mul", {c.add("Mul", {x, c.scalar(0.5)}), c.add("Add", {tanh, c.scalar(1)})}));
}

void convert_leaky_relu(Conversion& c) {
  c.result(c.add("LeakyRelu", {c.value("self")}, {{"alpha", static_cast<float>(c.real("negative_slope"))}}));
}

void convert_elu(Conversion& c) {
  if (c.real_or("scale", 1) != 1 || c.real_or("input_scale", 1) != 1) c.refuse("only ELU without scales is known");
  c.result(c.add("Elu", {c.value("self")}, {{"alpha", static_cast<float>(c.real("alpha"))}}));
}

/// ONNX broadcasts the slopes from the right, libtorch along dim 1.
void convert_prelu(Conversion& c) {
  c.builder().enter_module_of(c.tensor("weight").name);
  const ValueId x = c.value("self");
  std::vector<TracedNumber> dims(static_cast<std::size_t>(std::max<std::int64_t>(c.rank("self") - 1, 1)), TracedNumber{1});
  dims[0] = {c.dim("weight", 0)};
  const torch::Tensor& slopes = c.tensor("weight").constant;
  ValueId slope;
  if (dims.size() == 1)
    slope = c.value("weight");
  else if (!slopes.defined())
    slope = c.reshape(c.value("weight"), dims);
  else {
    std::vector<std::int64_t> shape(dims.size(), 1);
    shape[0] = slopes.size(0);
    slope = c.builder().constant(c.tensor("weight").name, to_graph_tensor(slopes.reshape(shape)));
  }
  c.result(c.add_owner("PRelu", {x, slope}, {}, "weight"));
}

void convert_softmax(Conversion& c) {
  c.result(c.add("Softmax", {c.operand("self", c.output_type())}, {{"axis", c.axis("dim", "self")}}));
}
void convert_log_softmax(Conversion& c) {
  c.result(c.add("LogSoftmax", {c.operand("self", c.output_type())}, {{"axis", c.axis("dim", "self")}}));
}

/// Off in eval mode.
void convert_dropout(Conversion& c) {
  if (c.flag("train")) c.refuse("dropout is on; put the module into eval mode");
  c.result(c.value("input"));
}

}  // namespace

std::span<const Converter> activation_converters() {
  static constexpr Converter table[] = {
      {"aten::clamp", convert_clamp},
      {"aten::clamp_max", convert_clamp},
      {"aten::clamp_min", convert_clamp},
      {"aten::dropout", convert_dropout},
      {"aten::elu", convert_elu},
      {"aten::feature_dropout", convert_dropout},
      {"aten::gelu", convert_gelu},
      {"aten::hardsigmoid", convert_hardsigmoid},
      {"aten::hardswish", convert_hardswish},
      {"aten::hardtanh", convert_hardtanh},
      {"aten::leaky_relu", convert_leaky_relu},
      {"aten::log_softmax", convert_log_softmax},
      {"aten::mish", convert_mish},
      {"aten::prelu", convert_prelu},
      {"aten::relu", convert_relu},
      {"aten::relu6", convert_relu6},
      {"aten::sigmoid", convert_sigmoid},
      {"aten::silu", convert_silu},
      {"aten::softmax", convert_softmax},
      {"aten::softplus", convert_softplus},
      {"aten::tanh", convert_tanh},
  };
  return table;
}

}  // namespace mien::exporting
