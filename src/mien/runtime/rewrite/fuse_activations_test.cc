// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <numbers>

#include "mien/runtime/rewrite/network_builder.h"

namespace mien::runtime {
namespace {

using graph::ValueId;
using Summary = std::vector<std::string>;

/// A convolution with one thing behind it.
template <typename Behind>
void expect_conv_with(Behind behind, const Summary& expected, int opset = 13) {
  NetworkBuilder net(opset);
  net.output(behind(net, net.conv(net.input({2, 3, 5, 6}), 3, 4)));
  expect_becomes(net, expected);
}

TEST(FuseActivations, ActivationsBehindConv) {
  const auto unary = [](const std::string& op, Attributes attributes = {}) {
    return [=](NetworkBuilder& net, ValueId x) { return net.node(op, {x}, attributes); };
  };
  expect_conv_with(unary("Relu"), {"Conv+relu"});
  expect_conv_with(unary("LeakyRelu", {{"alpha", 0.3f}}), {"Conv+leaky_relu"});
  expect_conv_with(unary("Sigmoid"), {"Conv+sigmoid"});
  expect_conv_with(unary("HardSigmoid", {{"alpha", 0.3f}, {"beta", 0.4f}}), {"Conv+hard_sigmoid"});
  expect_conv_with(unary("HardSwish"), {"Conv+hard_swish"}, 14);
  expect_conv_with(unary("Tanh"), {"Conv+tanh"});
  expect_conv_with(unary("Elu", {{"alpha", 0.7f}}), {"Conv+elu"});
  expect_conv_with(unary("Clip", {{"min", 0.0f}, {"max", 6.0f}}), {"Conv+clip"}, 10);
  expect_conv_with(unary("Softplus"), {"Conv", "Softplus"});
}

TEST(FuseActivations, ClipWithConstantBounds) {
  expect_conv_with([](auto& net, auto x) { return net.node("Clip", {x, net.number(-0.25f), net.number(0.5f)}); }, {"Conv+clip"});
  expect_conv_with([](auto& net, auto x) { return net.node("Clip", {x, net.number(0)}); }, {"Conv+relu"});
  expect_conv_with([](auto& net, auto x) { return net.node("Clip", {x, graph::no_value, net.number(0.1f)}); }, {"Conv+clip"});
  NetworkBuilder net;
  const auto bound = net.node("ReduceMax", {net.input({3})}, {{"keepdims", std::int64_t{0}}});
  net.output(net.node("Clip", {net.conv(net.input({1, 2, 3, 3}), 2, 2), graph::no_value, bound}));
  expect_becomes(net, {"ReduceMax", "Conv", "Clip"});
}

TEST(FuseActivations, HardSwishSpelledOut) {
  const auto relu6 = [](auto& net, auto x) {
    return net.node("Clip", {net.node("Add", {x, net.number(3)}), net.number(0), net.number(6)});
  };
  expect_conv_with(
      [&](auto& net, auto x) {
        return net.node("Div", {net.node("Mul", {x, relu6(net, x)}), net.number(6)});
      },
      {"Conv+hard_swish"});
  expect_conv_with(
      [&](auto& net, auto x) {
        return net.node("Mul", {net.node("Div", {relu6(net, x), net.number(6)}), x});
      },
      {"Conv+hard_swish"});
  expect_conv_with(
      [&](auto& net, auto x) {
        return net.node("Mul", {x, net.node("Mul", {net.number(1 / 6.f), relu6(net, x)})});
      },
      {"Conv+hard_swish"});
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Mul", {x, net.node("HardSigmoid", {x}, {{"alpha", 1 / 6.f}})});
      },
      {"Conv+hard_swish"});
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Mul", {x, net.node("HardSigmoid", {x})});
      },
      {"Conv", "HardSigmoid", "Mul"});
  // Behind a convolution the 3 goes into its bias.
  expect_conv_with([&](auto& net, auto x) { return net.node("Div", {relu6(net, x), net.number(6)}); }, {"Conv+clip+linear"});
  NetworkBuilder net;
  const auto x = net.input({2, 3}), y = net.input({2, 3});
  net.output(net.node("Div", {relu6(net, net.node("Mul", {x, y})), net.number(6)}));
  net.output(net.node("Div", {relu6(net, net.node("Mul", {x, y})), net.number(5)}));
  net.output(net.node("Div", {relu6(net, net.node("Softplus", {x})), net.number(6)}));
  expect_becomes(net, {"Mul+hard_sigmoid", "Mul+linear+clip+linear", "Softplus", "Identity+hard_sigmoid"});
}

TEST(FuseActivations, SwishSpelledOut) {
  expect_conv_with([](auto& net, auto x) { return net.node("Mul", {x, net.node("Sigmoid", {x})}); }, {"Conv+swish"});
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Mul", {net.node("Sigmoid", {net.node("Mul", {x, net.number(1.702f)})}), x});
      },
      {"Conv+swish"});
  // A gate made from something else is no swish.
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Mul", {x, net.node("Sigmoid", {net.node("Softplus", {x})})});
      },
      {"Conv", "Softplus", "Sigmoid", "Mul"});
}

TEST(FuseActivations, SwishOfAProduct) {
  NetworkBuilder net;
  const auto x = net.node("Mul", {net.input({2, 3}), net.input({2, 3})});
  net.output(net.node("Mul", {x, net.node("Sigmoid", {x})}));
  expect_becomes(net, {"Mul+swish"});
}

/// x * 0.5 * (1 + erf(x / sqrt(2))) in the orders that exporters write.
std::vector<ValueId (*)(NetworkBuilder&, ValueId)> gelu_spellings() {
  static const auto gate = [](NetworkBuilder& net, ValueId x) {
    const auto argument = net.node("Div", {x, net.number(std::numbers::sqrt2_v<float>)});
    return net.node("Add", {net.node("Erf", {argument}), net.number(1)});
  };
  return {[](NetworkBuilder& net, ValueId x) {
            return net.node("Mul", {net.node("Mul", {x, gate(net, x)}), net.number(0.5f)});
          },
          [](NetworkBuilder& net, ValueId x) {
            return net.node("Mul", {net.node("Mul", {x, net.number(0.5f)}), gate(net, x)});
          },
          [](NetworkBuilder& net, ValueId x) {
            return net.node("Mul", {x, net.node("Mul", {net.number(0.5f), gate(net, x)})});
          },
          [](NetworkBuilder& net, ValueId x) {
            const auto argument = net.node("Mul", {x, net.number(0.70710678f)});
            const auto sum = net.node("Add", {net.number(1), net.node("Erf", {argument})});
            return net.node("Div", {net.node("Mul", {sum, x}), net.number(2)});
          }};
}

TEST(FuseActivations, GeluSpelledOut) {
  for (const auto spelled : gelu_spellings()) {
    NetworkBuilder behind_linear;
    const auto product = behind_linear.node("MatMul", {behind_linear.input({2, 3, 4}), behind_linear.weights({4, 5})});
    behind_linear.output(spelled(behind_linear, product));
    expect_becomes(behind_linear, {"Linear+gelu_erf"});
    NetworkBuilder alone;
    alone.output(spelled(alone, alone.node("Softmax", {alone.input({2, 5})})));
    expect_becomes(alone, {"Softmax", "Gelu"});
  }
}

TEST(FuseActivations, PRelu) {
  expect_conv_with([](auto& net, auto x) { return net.node("PRelu", {x, net.weights({4, 1, 1})}); }, {"Conv+prelu"});
  expect_conv_with([](auto& net, auto x) { return net.node("PRelu", {x, net.weights({1, 4, 1, 1})}); }, {"Conv+prelu"});
  expect_conv_with([](auto& net, auto x) { return net.node("PRelu", {x, net.weights({1})}); }, {"Conv+leaky_relu"});
  expect_conv_with([](auto& net, auto x) { return net.node("PRelu", {x, net.weights({6})}); }, {"Conv", "PRelu"});
}

TEST(FuseActivations, ArithmeticBehindAnActivation) {
  for (const graph::Dims& dims : {graph::Dims{4, 1, 1}, graph::Dims{1, 4, 1, 1}}) {
    expect_conv_with(
        [&](auto& net, auto x) {
          return net.node("Mul", {net.node("Relu", {x}), net.weights(dims)});
        },
        {"Conv+relu+multiply"});
    expect_conv_with(
        [&](auto& net, auto x) {
          return net.node("Sub", {net.node("Relu", {x}), net.weights(dims)});
        },
        {"Conv+relu+add"});
    expect_conv_with(
        [&](auto& net, auto x) {
          return net.node("Sub", {net.weights(dims), net.node("Relu", {x})});
        },
        {"Conv+relu+multiply+add"});
  }
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Div", {net.node("Tanh", {x}), net.number(3)});
      },
      {"Conv+tanh+linear"});
  expect_conv_with(
      [](auto& net, auto x) {
        return net.node("Mul", {net.node("Relu", {x}), net.weights({6})});
      },
      {"Conv+relu", "Mul"});
}

}  // namespace
}  // namespace mien::runtime
