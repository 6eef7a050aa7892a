// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/layers.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

/// Values on both sides of 0 and 6.
torch::Tensor spread_values() { return torch::linspace(-3, 9, 97).view({1, 1, 97}) + 0.0123; }

torch::Tensor gradient_of(const std::function<torch::Tensor(const torch::Tensor&)>& function, torch::ScalarType type) {
  auto x = spread_values().to(type).requires_grad_();
  (function(x) * torch::arange(97)).sum().backward();
  return x.grad();
}

}  // namespace

TEST(Clamp06, HasTheValueAndGradientOfClamp) {
  const auto x = spread_values();
  EXPECT_TRUE(torch::equal(clamp_0_6(x.clone().requires_grad_()), torch::clamp(x, 0, 6)));
  const auto expected = gradient_of([](const auto& v) { return torch::clamp(v, 0, 6); }, torch::kFloat);
  EXPECT_TRUE(torch::equal(gradient_of(clamp_0_6, torch::kFloat), expected));
  EXPECT_TRUE(torch::equal(gradient_of(clamp_0_6, torch::kBFloat16).to(torch::kFloat), expected));
}

TEST(Clamp06, CanBeDifferentiatedTwice) {
  auto x = spread_values().requires_grad_();
  const auto once = torch::autograd::grad({clamp_0_6(x * x).sum()}, {x}, {}, true, true)[0];
  const auto twice = torch::autograd::grad({once.sum()}, {x})[0];
  const auto inside = (x * x < 6).to(torch::kFloat);  // d2/dx2 of x^2 where it is not cut off
  EXPECT_TRUE(torch::allclose(twice, 2 * inside));
}

}  // namespace mien
