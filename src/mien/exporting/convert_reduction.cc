// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <numeric>

#include "mien/exporting/conversion.h"

// Sums, means, extremes and norms over axes.
namespace mien::exporting {
namespace {

using Ints = std::vector<std::int64_t>;

/// The axes of argument "dim", or all of them.
Ints reduced_axes(const Conversion& c) {
  Ints axes = c.has("dim") ? c.axes("dim", "self") : Ints{};
  if (axes.empty()) {
    axes.resize(static_cast<std::size_t>(c.rank("self")));
    std::iota(axes.begin(), axes.end(), 0);
  }
  return axes;
}

std::int64_t kept(const Conversion& c) { return c.flag("keepdim"); }

/// Axes are an attribute of every reduction but ReduceSum up to opset 17.
ValueId reduce(Conversion& c, const std::string& op, ValueId x, const Ints& axes, std::int64_t keepdims) {
  if (op == "ReduceSum") return c.add(op, {x, c.list(axes)}, {{"keepdims", keepdims}});
  return c.add(op, {x}, {{"axes", axes}, {"keepdims", keepdims}});
}

void convert_mean(Conversion& c) {
  c.result(reduce(c, "ReduceMean", c.operand("self", c.output_type()), reduced_axes(c), kept(c)));
}
void convert_sum(Conversion& c) {
  c.result(reduce(c, "ReduceSum", c.operand("self", c.output_type()), reduced_axes(c), kept(c)));
}
void convert_amax(Conversion& c) { c.result(reduce(c, "ReduceMax", c.value("self"), reduced_axes(c), kept(c))); }
void convert_amin(Conversion& c) { c.result(reduce(c, "ReduceMin", c.value("self"), reduced_axes(c), kept(c))); }

/// max(self), max(self, dim) with indices, or max(self, other).
void convert_extreme(Conversion& c) {
  const bool largest = c.op() == "aten::max";
  if (c.has("other")) {
    const ValueId self = c.operand("self", c.output_type());
    return c.result(c.add(largest ? "Max" : "Min", {self, c.operand("other", c.output_type())}));
  }
  c.result(reduce(c, largest ? "ReduceMax" : "ReduceMin", c.value("self"), reduced_axes(c), kept(c)));
  if (c.output_count() > 1)
    c.result(c.add(largest ? "ArgMax" : "ArgMin", {c.value("self")}, {{"axis", c.axis("dim", "self")}, {"keepdims", kept(c)}}),
             1);
}

void convert_arg_extreme(Conversion& c) {
  ValueId x = c.value("self");
  std::int64_t axis = 0;
  if (c.has("dim"))
    axis = c.axis("dim", "self");
  else
    x = c.add("Reshape", {x, c.list({-1})});
  c.result(c.add(c.op() == "aten::argmax" ? "ArgMax" : "ArgMin", {x}, {{"axis", axis}, {"keepdims", kept(c)}}));
}

/// Vector norms of order 1, 2 and infinity, over axes or everything.
void convert_norm(Conversion& c) {
  const char* argument = c.has("p") ? "p" : "ord";
  const double order = c.real_or(argument, 2);
  const ValueId x = c.operand("self", c.output_type());
  if (order == 1) return c.result(reduce(c, "ReduceL1", x, reduced_axes(c), kept(c)));
  if (order == 2) return c.result(reduce(c, "ReduceL2", x, reduced_axes(c), kept(c)));
  if (std::isinf(order) && order > 0) return c.result(reduce(c, "ReduceMax", c.add("Abs", {x}), reduced_axes(c), kept(c)));
  c.refuse("only norms of order 1, 2 and infinity are known");
}

std::int64_t elements(const Conversion& c, const Ints& axes) {
  std::int64_t count = 1;
  for (const std::int64_t a : axes) count *= c.dim("self", a);
  return count;
}

/// Mean of the squared differences from the mean; by default divided by n - 1.
ValueId variance(Conversion& c) {
  const Ints axes = reduced_axes(c);
  const ValueId x = c.value("self");
  const ValueId centred = c.add("Sub", {x, reduce(c, "ReduceMean", x, axes, 1)});
  const ValueId biased = reduce(c, "ReduceMean", c.add("Mul", {centred, centred}), axes, kept(c));
  const std::int64_t correction = c.integer_or("correction", c.integer_or("unbiased", 1));
  if (correction == 0) return biased;
  const auto n = static_cast<double>(elements(c, axes));
  return c.add("Mul", {biased, c.scalar(n / (n - static_cast<double>(correction)))});
}
void convert_variance(Conversion& c) { c.result(variance(c)); }
void convert_deviation(Conversion& c) { c.result(c.add("Sqrt", {variance(c)})); }

void convert_logsumexp(Conversion& c) { c.result(reduce(c, "ReduceLogSumExp", c.value("self"), reduced_axes(c), kept(c))); }

void convert_cumsum(Conversion& c) {
  const ValueId x = c.operand("self", c.output_type());
  c.result(c.add("CumSum", {x, c.scalar(static_cast<double>(c.axis("dim", "self")), graph::DataType::i64)}));
}

}  // namespace

std::span<const Converter> reduction_converters() {
  static constexpr Converter table[] = {
      {"aten::amax", convert_amax},
      {"aten::amin", convert_amin},
      {"aten::argmax", convert_arg_extreme},
      {"aten::argmin", convert_arg_extreme},
      {"aten::cumsum", convert_cumsum},
      {"aten::frobenius_norm", convert_norm},
      {"aten::linalg_vector_norm", convert_norm},
      {"aten::logsumexp", convert_logsumexp},
      {"aten::max", convert_extreme},
      {"aten::mean", convert_mean},
      {"aten::min", convert_extreme},
      {"aten::norm", convert_norm},
      {"aten::std", convert_deviation},
      {"aten::sum", convert_sum},
      {"aten::var", convert_variance},
  };
  return table;
}

}  // namespace mien::exporting
