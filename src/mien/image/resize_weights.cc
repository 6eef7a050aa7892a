// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/resize_weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mien::resizing {

namespace {

double triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

double sinc(double x) { return x == 0 ? 1 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi); }
double lanczos(double x) { return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

struct Kernel {
  double (*value)(double);
  double support;
};

Kernel kernel(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::bicubic: return {cubic, 2};
    case ResizeFilter::lanczos: return {lanczos, 3};
    default: return {triangle, 1};
  }
}

}  // namespace

Weights weights(int in, int out, ResizeFilter filter) {
  const auto [value, unit_support] = kernel(filter);
  const double scale = static_cast<double>(in) / out, stretch = std::max(1.0, scale), support = unit_support * stretch;
  Weights result;
  result.most = static_cast<int>(std::ceil(support)) * 2 + 1;
  result.spans.resize(static_cast<std::size_t>(out));
  result.real.resize(static_cast<std::size_t>(out) * static_cast<std::size_t>(result.most));
  for (int o = 0; o < out; ++o) {
    const double centre = (o + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int count = std::min(in, static_cast<int>(centre + support + 0.5)) - first;
    double* row = result.real.data() + static_cast<std::ptrdiff_t>(o) * result.most;
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += row[i] = value((i + first - centre + 0.5) / stretch);
    if (sum != 0)
      for (int i = 0; i < count; ++i) row[i] /= sum;
    result.spans[static_cast<std::size_t>(o)] = {first, count};
  }
  return result;
}

std::vector<std::int32_t> fixed_point(const std::vector<double>& real) {
  std::vector<std::int32_t> fixed(real.size());
  for (std::size_t i = 0; i < real.size(); ++i)
    fixed[i] = static_cast<std::int32_t>(real[i] * (1 << kFractionBits) + (real[i] < 0 ? -0.5 : 0.5));
  return fixed;
}

}  // namespace mien::resizing
