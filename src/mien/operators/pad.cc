// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "mien/operators/broadcasting.h"
#include "mien/operators/movement.h"
#include "mien/operators/node_checks.h"

namespace mien::operators {

namespace {

enum class Mode { constant, reflect, edge };

struct Margin {
  std::int64_t before = 0;  ///< negative: cut off
  std::int64_t after = 0;
};

template <typename Context>
Mode mode_of(const Context& ctx) {
  const auto name = ctx.node.text("mode", "constant");
  if (name == "constant") return Mode::constant;
  if (name == "reflect") return Mode::reflect;
  if (name == "edge") return Mode::edge;
  ctx.fail("attribute 'mode' is '" + name + "', expected constant, reflect or edge");
}

template <typename Context>
std::vector<Margin> margins_of(const Context& ctx, std::size_t rank) {
  const auto pads = integers_of(ctx, 1, "pads");
  std::vector<std::size_t> axes(rank);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (ctx.has(3)) axes = axes_of(ctx, 3, rank);
  if (pads.size() != 2 * axes.size())
    ctx.fail(fmt::format("{} pads for {} axes, expected two for each", pads.size(), axes.size()));
  std::vector<Margin> margins(rank);
  for (std::size_t i = 0; i < axes.size(); ++i) margins[axes[i]] = {pads[i], pads[axes.size() + i]};
  return margins;
}

/// The dim that stays of the input when negative margins are cut off.
std::int64_t kept(const ShapeContext& ctx, std::int64_t dim, const Margin& margin) {
  const auto rest = checked_sum(ctx, dim, checked_sum(ctx, std::min<std::int64_t>(margin.before, 0),
                                                      std::min<std::int64_t>(margin.after, 0)));
  if (rest < 0) ctx.fail(fmt::format("pads of {} and {} cut more than a dim of {}", margin.before, margin.after, dim));
  return rest;
}

void check_margin(const ShapeContext& ctx, Mode mode, std::int64_t dim, const Margin& margin) {
  const auto rest = kept(ctx, dim, margin);
  const auto widest = std::max(margin.before, margin.after);
  if (mode == Mode::reflect && widest > 0 && widest >= rest)
    ctx.fail(fmt::format("a dim of {} cannot be reflected over {}, at most over {}", rest, widest,
                         std::max<std::int64_t>(rest - 1, 0)));
  if (mode == Mode::edge && widest > 0 && rest == 0) ctx.fail("a dim of 0 has no edge to repeat");
}

void infer_pad(ShapeContext& ctx) {
  expect_arity(ctx, 1, 4);
  const auto& x = ctx.input(0);
  const auto mode = mode_of(ctx);
  if (ctx.has(2)) {
    require_same_type(ctx, 0, 2);
    require_one_element(ctx, 2);
  } else if (ctx.node.has("value")) {
    expect_type(ctx, 0, {DataType::f32});
  }
  const auto margins = margins_of(ctx, x.dims.size());
  Dims dims;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    check_margin(ctx, mode, x.dims[i], margins[i]);
    dims.push_back(checked_sum(ctx, x.dims[i], checked_sum(ctx, margins[i].before, margins[i].after)));
  }
  set_output(ctx, 0, x.type, dims, max_created_elements);
}

/// For each place of an axis of the output the place of the input that it shows, -1 for the fill value.
std::vector<std::int64_t> sources_of(Mode mode, std::int64_t dim, std::int64_t padded, std::int64_t before) {
  std::vector<std::int64_t> sources(static_cast<std::size_t>(padded));
  for (std::int64_t i = 0; i < padded; ++i) {
    std::int64_t place = i - before;
    if (mode == Mode::edge) place = std::clamp<std::int64_t>(place, 0, dim - 1);
    if (mode == Mode::reflect) place = place < 0 ? -place : place >= dim ? 2 * (dim - 1) - place : place;
    sources[static_cast<std::size_t>(i)] = place >= 0 && place < dim ? place : -1;
  }
  return sources;
}

/// The fill value's bytes: zero, the value at input 2, or the attribute of older opsets.
std::array<std::byte, 8> fill_bytes(const EvaluateContext& ctx) {
  std::array<std::byte, 8> bytes{};
  if (ctx.has(2)) {
    std::memcpy(bytes.data(), ctx.inputs[2]->raw(), ctx.inputs[2]->bytes());
  } else if (ctx.inputs[0]->type() == DataType::f32) {
    const float value = ctx.node.real("value", 0);
    std::memcpy(bytes.data(), &value, sizeof value);
  }
  return bytes;
}

/// Writes the output axis by axis; `from` is null inside of the margins.
struct Padding {
  const Dims& dims;
  Dims read, write;
  std::vector<std::vector<std::int64_t>> sources;
  std::array<std::byte, 8> fill;
  std::size_t element;

  /// The last axis: runs of neighbouring places are copied as one.
  void row(const std::byte* from, std::byte* to) const {
    const auto& places = sources.back();
    for (std::size_t i = 0, run = 1; i < places.size(); i += run, run = 1) {
      const bool inside = from && places[i] >= 0;
      while (inside && i + run < places.size() && places[i + run] == places[i] + static_cast<std::int64_t>(run)) ++run;
      std::memcpy(to + i * element, inside ? from + static_cast<std::size_t>(places[i]) * element : fill.data(), run * element);
    }
  }

  void axis(std::size_t at, const std::byte* from, std::byte* to) const {
    if (at + 1 == dims.size()) return row(from, to);
    const auto size = static_cast<std::int64_t>(element);
    for (std::int64_t i = 0; i < dims[at]; ++i) {
      const auto source = sources[at][static_cast<std::size_t>(i)];
      axis(at + 1, from && source >= 0 ? from + source * read[at] * size : nullptr, to + i * write[at] * size);
    }
  }
};

void evaluate_pad(EvaluateContext& ctx) {
  const Tensor& x = *ctx.inputs[0];
  Tensor& y = ctx.outputs[0];
  if (y.size() == 0) return;
  const auto margins = margins_of(ctx, x.dims().size());
  Padding padding{y.dims(), strides_of(x.dims()), strides_of(y.dims()), {}, fill_bytes(ctx), graph::element_size(x.type())};
  for (std::size_t i = 0; i < margins.size(); ++i)
    padding.sources.push_back(sources_of(mode_of(ctx), x.dims()[i], y.dims()[i], margins[i].before));
  if (y.dims().empty()) std::memcpy(y.raw(), x.raw(), x.bytes());
  else padding.axis(0, x.raw(), y.raw());
}

}  // namespace

std::vector<Operator> pad_operators() { return {{"Pad", 2, infer_pad, evaluate_pad}}; }

}  // namespace mien::operators
