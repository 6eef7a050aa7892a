// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: small networks as other programs quantise them, in both of the ways that files have: operators on bytes
// (QLinear...), and operators on floats between QuantizeLinear and DequantizeLinear (QDQ).

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {

enum class Form : std::uint8_t { qlinear, qdq };

struct QuantisedStyle {
  Form form = Form::qlinear;
  graph::DataType type = graph::DataType::u8;  ///< of values between layers
  graph::DataType weight_type = graph::DataType::i8;
  bool per_channel = true;
  std::string name() const {
    return std::string(form == Form::qdq ? "qdq_" : "qlinear_") + graph::name_of(type) + "_" + graph::name_of(weight_type) +
           (per_channel ? "_channels" : "");
  }
};

/// Writes layers in one style. A value is bytes in the one form, what DequantizeLinear makes of them in the other.
class QuantisedBuilder : public NetworkBuilder {
 public:
  struct Value {
    graph::ValueId id = graph::no_value;
    float scale = 1;
    int zero = 0;
  };

  explicit QuantisedBuilder(QuantisedStyle style) : style_(style) { graph.domains["com.microsoft"] = 1; }

  /// Zero point `steps` above the smallest byte.
  int zero(int steps) const { return least() + steps; }
  int least() const { return style_.type == graph::DataType::u8 ? 0 : -128; }

  graph::ValueId byte(int value, graph::DataType type) {
    graph::Tensor tensor(type, {});
    tensor.raw()[0] = static_cast<std::byte>(value);
    return graph.add_constant("byte" + std::to_string(graph.values.size()), std::move(tensor));
  }
  graph::ValueId zero_of(const Value& value) { return byte(value.zero, style_.type); }
  bool qdq() const { return style_.form == Form::qdq; }

  /// The float `x` as bytes of scale and zero point.
  Value quantise(graph::ValueId x, float scale, int zero_point) {
    const auto bytes = node("QuantizeLinear", {x, number(scale), byte(zero_point, style_.type)});
    return {qdq() ? node("DequantizeLinear", {bytes, number(scale), byte(zero_point, style_.type)}) : bytes, scale, zero_point};
  }
  Value image(graph::Dims dims) { return quantise(input(std::move(dims)), 4.0f / 255, zero(128)); }
  void finish(const Value& value) {
    output(qdq() ? value.id : node("DequantizeLinear", {value.id, number(value.scale), zero_of(value)}));
  }

  /// Hashed bytes of the weights' type, their scale (or one a channel) and zero point.
  struct Weights {
    graph::ValueId bytes, scale, zero;
    std::vector<float> scales;
  };
  Weights quantised_weights(graph::Dims dims, std::int64_t channels, double typical) {
    const std::string name = "weights" + std::to_string(graph.values.size());
    const auto values = testing::fill(name, dims, "input_pm1", 127);
    const int middle = style_.weight_type == graph::DataType::u8 ? 128 : 0;
    graph::Tensor tensor(style_.weight_type, dims);
    for (std::size_t i = 0; i < values.size(); ++i) tensor.raw()[i] = static_cast<std::byte>(std::lround(values[i]) + middle);
    Weights made{graph.add_constant(name, std::move(tensor)), graph::no_value, graph::no_value, {}};
    const auto count = style_.per_channel ? channels : 1;
    for (std::int64_t c = 0; c < count; ++c)
      made.scales.push_back(static_cast<float>(typical / 127 * (1 + 0.1 * static_cast<double>(c % 5))));
    made.scale = style_.per_channel ? floats(made.scales) : number(made.scales[0]);
    graph::Tensor zeros(style_.weight_type, style_.per_channel ? graph::Dims{count} : graph::Dims{});
    for (std::int64_t c = 0; c < count; ++c) zeros.raw()[c] = static_cast<std::byte>(middle);
    made.zero = graph.add_constant(name + "_zeros", std::move(zeros));
    return made;
  }
  graph::ValueId steps_of_bias(std::int64_t channels) {
    graph::Tensor bias(graph::DataType::i32, {channels});
    for (std::int64_t c = 0; c < channels; ++c)
      bias.values<std::int32_t>()[static_cast<std::size_t>(c)] = static_cast<std::int32_t>(c % 7 - 3) * 900;
    return graph.add_constant("bias" + std::to_string(graph.values.size()), std::move(bias));
  }
  graph::ValueId bias_scale(const Value& x, const Weights& w) {
    auto scales = w.scales;
    for (auto& s : scales) s *= x.scale;
    return style_.per_channel ? floats(scales) : number(scales[0]);
  }
  graph::ValueId dequantised(const Weights& w, std::int64_t axis) {
    return node("DequantizeLinear", {w.bytes, w.scale, w.zero}, {{"axis", axis}});
  }

  Value conv(const Value& x, std::int64_t in, std::int64_t out, std::int64_t size, std::int64_t groups, Value y,
             bool relu = false, Attributes attributes = {}) {
    const auto pad = size / 2;
    attributes.try_emplace("pads", Integers{pad, pad, pad, pad});
    attributes["group"] = groups;
    attributes["kernel_shape"] = Integers{size, size};
    const double typical = 1.7 / std::sqrt(static_cast<double>(in / groups * size * size));
    const auto w = quantised_weights({out, in / groups, size, size}, out, typical);
    const auto bias = steps_of_bias(out);
    if (!qdq()) {
      y.id = node("QLinearConv", {x.id, number(x.scale), zero_of(x), w.bytes, w.scale, w.zero, number(y.scale), zero_of(y), bias},
                  attributes);
      return y;
    }
    const auto b = node("DequantizeLinear", {bias, bias_scale(x, w)}, {{"axis", std::int64_t{0}}});
    auto made = node("Conv", {x.id, dequantised(w, 0), b}, attributes);
    if (relu) made = node("Relu", {made});
    return quantise(made, y.scale, y.zero);
  }

  Value combine(const std::string& op, const Value& a, const Value& b, Value y, bool relu = false) {
    if (!qdq()) {
      y.id = microsoft("QLinear" + op,
                       {a.id, number(a.scale), zero_of(a), b.id, number(b.scale), zero_of(b), number(y.scale), zero_of(y)});
      return y;
    }
    auto made = node(op, {a.id, b.id});
    if (relu) made = node("Relu", {made});
    return quantise(made, y.scale, y.zero);
  }

  Value linear(const Value& x, std::int64_t in, std::int64_t out, Value y) {
    const auto w = quantised_weights({out, in}, out, 1.7 / std::sqrt(static_cast<double>(in)));
    const auto bias = steps_of_bias(out);
    if (!qdq()) {
      y.id = microsoft("QGemm", {x.id, number(x.scale), zero_of(x), w.bytes, w.scale, w.zero, bias, number(y.scale), zero_of(y)},
                       {{"transB", std::int64_t{1}}});
      return y;
    }
    const auto b = node("DequantizeLinear", {bias, bias_scale(x, w)}, {{"axis", std::int64_t{0}}});
    return quantise(node("Gemm", {x.id, dequantised(w, 0), b}, {{"transB", std::int64_t{1}}}), y.scale, y.zero);
  }

  Value product(const Value& x, std::int64_t in, std::int64_t out, Value y) {
    const auto w = quantised_weights({in, out}, out, 1.7 / std::sqrt(static_cast<double>(in)));
    if (!qdq()) {
      y.id = node("QLinearMatMul", {x.id, number(x.scale), zero_of(x), w.bytes, w.scale, w.zero, number(y.scale), zero_of(y)});
      return y;
    }
    return quantise(node("MatMul", {x.id, dequantised(w, 1)}), y.scale, y.zero);
  }

  Value global_average(const Value& x, Value y) {
    if (qdq()) return quantise(node("GlobalAveragePool", {x.id}), y.scale, y.zero);
    y.id = microsoft("QLinearGlobalAveragePool", {x.id, number(x.scale), zero_of(x), number(y.scale), zero_of(y)});
    return y;
  }

  /// A node that only moves elements; in the QDQ form its result is quantised again in the same way.
  Value moved(const std::string& op, const Value& x, std::vector<graph::ValueId> more, Attributes attributes = {}) {
    more.insert(more.begin(), x.id);
    return same_code(node(op, std::move(more), std::move(attributes)), x);
  }
  Value same_code(graph::ValueId made, const Value& like) {
    if (qdq()) return quantise(made, like.scale, like.zero);
    return {made, like.scale, like.zero};
  }

  Value concat(const std::vector<Value>& parts, Value y, std::int64_t axis = 1) {
    if (qdq()) {
      std::vector<graph::ValueId> ids;
      for (const auto& part : parts) ids.push_back(part.id);
      return quantise(node("Concat", ids, {{"axis", axis}}), y.scale, y.zero);
    }
    std::vector<graph::ValueId> inputs{number(y.scale), zero_of(y)};
    for (const auto& part : parts) inputs.insert(inputs.end(), {part.id, number(part.scale), zero_of(part)});
    y.id = microsoft("QLinearConcat", inputs, {{"axis", axis}});
    return y;
  }

  Value sigmoid(const Value& x) {
    Value y{graph::no_value, 1.0f / 256, least()};
    if (qdq()) return quantise(node("Sigmoid", {x.id}), y.scale, y.zero);
    y.id = microsoft("QLinearSigmoid", {x.id, number(x.scale), zero_of(x), number(y.scale), zero_of(y)});
    return y;
  }

  graph::ValueId microsoft(const std::string& op, std::vector<graph::ValueId> inputs, Attributes attributes = {}) {
    const auto made = node(op, std::move(inputs), std::move(attributes));
    graph.nodes.back().domain = "com.microsoft";
    return made;
  }

  /// The code of what follows Relu, and that of what does not.
  Value positive() const { return {graph::no_value, 2.0f / 255, least()}; }
  Value any() const { return {graph::no_value, 4.0f / 255, zero(113)}; }

 private:
  QuantisedStyle style_;
};

struct QuantisedNetwork {
  std::string name;
  QuantisedBuilder network;
};

inline QuantisedNetwork quantised_residual(QuantisedStyle style) {
  QuantisedBuilder n(style);
  auto x = n.conv(n.image({2, 3, 13, 11}), 3, 20, 3, 1, n.positive(), true, {{"strides", Integers{2, 2}}});
  x = n.moved("MaxPool", x, {}, {{"kernel_shape", Integers{3, 3}}, {"pads", Integers{1, 1, 1, 1}}});
  auto y = n.conv(x, 20, 20, 3, 1, n.positive(), true);
  y = n.conv(y, 20, 20, 3, 1, n.any());
  x = n.combine("Add", y, x, n.positive(), true);
  y = n.conv(x, 20, 24, 1, 1, n.any());
  y = n.conv(y, 24, 24, 3, 1, n.any());  // its padding stands for the zero point
  x = n.global_average(y, {graph::no_value, 1.0f / 255, n.zero(90)});
  x = n.moved("Flatten", x, {});
  n.finish(n.linear(x, 24, 10, n.any()));
  return {"residual_" + style.name(), std::move(n)};
}

inline QuantisedNetwork quantised_shuffle(QuantisedStyle style) {
  QuantisedBuilder n(style);
  auto x = n.conv(n.image({1, 3, 12, 12}), 3, 24, 3, 1, n.positive(), true);
  for (int i = 0; i < 2; ++i) {
    const auto halves = n.nodes("Split", {x.id, n.integers({12, 12})}, {{"axis", std::int64_t{1}}}, 2);
    const auto left = n.same_code(halves[0], x), right = n.same_code(halves[1], x);
    auto y = n.conv(right, 12, 12, 1, 1, n.positive(), true);
    y = n.conv(y, 12, 12, 3, 12, n.any());
    y = n.conv(y, 12, 12, 1, 1, {graph::no_value, 3.0f / 255, n.least()}, true);
    x = n.concat({left, y}, n.positive());
    x = n.moved("Reshape", x, {n.integers({1, 2, 12, 12, 12})});
    x = n.moved("Transpose", x, {}, {{"perm", Integers{0, 2, 1, 3, 4}}});
    x = n.moved("Reshape", x, {n.integers({1, 24, 12, 12})});
  }
  n.finish(n.conv(x, 24, 16, 3, 4, n.any(), false, {{"dilations", Integers{2, 2}}, {"pads", Integers{2, 2, 2, 2}}}));
  return {"shuffle_" + style.name(), std::move(n)};
}

/// Depthwise layers whose operands have zero points in the middle, squeeze and excitation, products.
inline QuantisedNetwork quantised_excitation(QuantisedStyle style) {
  QuantisedBuilder n(style);
  auto x = n.conv(n.image({2, 4, 10, 9}), 4, 16, 1, 1, n.any());
  x = n.conv(x, 16, 16, 5, 16, n.any(), false, {{"pads", Integers{2, 2, 2, 2}}});
  auto s = n.global_average(x, {graph::no_value, 1.0f / 255, n.zero(128)});
  s = n.sigmoid(n.conv(s, 16, 16, 1, 1, n.any()));
  x = n.combine("Mul", x, s, n.any());
  x = n.moved("Reshape", x, {n.integers({2, 16, 90})});
  x = n.moved("Transpose", x, {}, {{"perm", Integers{0, 2, 1}}});
  n.finish(n.product(x, 16, 9, n.any()));
  return {"excitation_" + style.name(), std::move(n)};
}

inline std::vector<QuantisedNetwork> quantised_networks() {
  std::vector<QuantisedNetwork> all;
  for (const auto form : {Form::qlinear, Form::qdq})
    for (const auto type : {graph::DataType::u8, graph::DataType::i8})
      for (const auto weights : {graph::DataType::i8, graph::DataType::u8})
        for (const bool per_channel : {true, false}) {
          const QuantisedStyle style{form, type, weights, per_channel};
          all.push_back(quantised_residual(style));
          all.push_back(quantised_shuffle(style));
          all.push_back(quantised_excitation(style));
        }
  return all;
}

}  // namespace mien::runtime
