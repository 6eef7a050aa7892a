// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "mien/operators/broadcasting.h"
#include "mien/operators/indexing.h"
#include "mien/operators/node_checks.h"
#include "mien/operators/number_types.h"

namespace mien::operators {

namespace {

/// Places of the elements that are not zero, row-major: rank x count (a scalar counts as a list of one).
std::vector<std::vector<std::int64_t>> places_of_values(const Tensor& x) {
  const std::size_t rank = std::max<std::size_t>(x.dims().size(), 1);
  std::vector<std::vector<std::int64_t>> places(rank);
  const Dims dims = x.dims().empty() ? Dims{1} : x.dims();
  const Dims strides = strides_of(dims);
  with_type(x.type(), [&]<typename T>() {
    const auto values = x.values<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      for (std::size_t axis = 0; values[i] != T{0} && axis < rank; ++axis)
        places[axis].push_back(static_cast<std::int64_t>(i) / strides[axis] % dims[axis]);
  });
  return places;
}

void infer_non_zero(ShapeContext& ctx) {
  expect_arity(ctx, 1, 1);
  const auto places = places_of_values(ctx.constant(0));
  set_output(ctx, 0, DataType::i64, {static_cast<std::int64_t>(places.size()), static_cast<std::int64_t>(places[0].size())});
}

void evaluate_non_zero(EvaluateContext& ctx) {
  auto to = ctx.outputs[0].values<std::int64_t>().begin();
  for (const auto& axis : places_of_values(*ctx.inputs[0])) to = std::ranges::copy(axis, to).out;
}

/// Corners, in whichever order the file has them, low before high.
struct Box {
  float y1, x1, y2, x2;
  float area() const { return (y2 - y1) * (x2 - x1); }
};

Box box_of(const float* values, bool center) {
  if (center) {
    const float x = values[0], y = values[1], half_width = values[2] / 2, half_height = values[3] / 2;
    return {y - half_height, x - half_width, y + half_height, x + half_width};
  }
  return {std::min(values[0], values[2]), std::min(values[1], values[3]), std::max(values[0], values[2]),
          std::max(values[1], values[3])};
}

/// Intersection over union; 0 where a box has no area.
float overlap(const Box& a, const Box& b) {
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (height <= 0 || width <= 0 || a.area() <= 0 || b.area() <= 0) return 0;
  const float common = height * width;
  return common / (a.area() + b.area() - common);
}

struct Suppression {
  const Tensor& boxes;   ///< [batch, count, 4]
  const Tensor& scores;  ///< [batch, classes, count]
  std::int64_t most = 0;
  float iou_threshold = 0;
  const float* score_threshold = nullptr;
  bool center = false;
};

/// Reads the inputs; `input(i)` is the tensor at i or null.
template <typename Context, typename Input>
Suppression suppression_of(const Context& ctx, Input input) {
  Suppression result{*input(0), *input(1)};
  if (input(2)) result.most = input(2)->integers().at(0);
  if (input(3)) result.iou_threshold = input(3)->template values<float>()[0];
  if (input(4)) result.score_threshold = input(4)->template values<float>().data();
  result.center = ctx.node.integer("center_point_box", 0) != 0;
  return result;
}

std::vector<std::int64_t> candidates(const Suppression& s, const float* scores) {
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < s.boxes.dims()[1]; ++i)
    if (s.score_threshold ? scores[i] > *s.score_threshold : scores[i] == scores[i]) order.push_back(i);
  std::ranges::stable_sort(order, [&](auto i, auto j) { return scores[i] > scores[j]; });
  return order;
}

/// Places of the boxes that stay, best first.
std::vector<std::int64_t> kept_boxes(const Suppression& s, const float* boxes, const float* scores) {
  std::vector<std::int64_t> kept;
  std::vector<Box> chosen;
  for (const auto i : candidates(s, scores)) {
    if (static_cast<std::int64_t>(kept.size()) >= s.most) break;
    const Box box = box_of(boxes + 4 * i, s.center);
    if (std::ranges::any_of(chosen, [&](const Box& other) { return overlap(box, other) > s.iou_threshold; })) continue;
    kept.push_back(i);
    chosen.push_back(box);
  }
  return kept;
}

/// Rows of (batch, class, box).
std::vector<std::array<std::int64_t, 3>> suppress(const Suppression& s) {
  std::vector<std::array<std::int64_t, 3>> rows;
  const auto batches = s.boxes.dims()[0], count = s.boxes.dims()[1], classes = s.scores.dims()[1];
  if (count == 0) return rows;
  for (std::int64_t batch = 0; batch < batches; ++batch)
    for (std::int64_t c = 0; c < classes; ++c) {
      const float* boxes = s.boxes.values<float>().data() + batch * count * 4;
      const float* scores = s.scores.values<float>().data() + (batch * classes + c) * count;
      for (const auto i : kept_boxes(s, boxes, scores)) rows.push_back({batch, c, i});
    }
  return rows;
}

void infer_non_max_suppression(ShapeContext& ctx) {
  expect_arity(ctx, 2, 5);
  for (const std::size_t i : {0, 1, 3, 4})
    if (ctx.has(i)) expect_type(ctx, i, {DataType::f32});
  for (const std::size_t i : {2, 3, 4})
    if (ctx.has(i)) require_one_element(ctx, i);
  if (ctx.has(2)) expect_type(ctx, 2, {DataType::i64});
  const auto &boxes = ctx.input(0).dims, &scores = ctx.input(1).dims;
  if (boxes.size() != 3 || scores.size() != 3 || boxes[2] != 4 || boxes[0] != scores[0] || boxes[1] != scores[2])
    ctx.fail(fmt::format("boxes of shape {} and scores of shape {}, expected [batch, boxes, 4] and [batch, classes, boxes]",
                         graph::text_of(boxes), graph::text_of(scores)));
  const auto rows = suppress(suppression_of(ctx, [&](std::size_t i) { return ctx.has(i) ? &ctx.constant(i) : nullptr; }));
  set_output(ctx, 0, DataType::i64, {static_cast<std::int64_t>(rows.size()), 3});
}

void evaluate_non_max_suppression(EvaluateContext& ctx) {
  const auto rows = suppress(suppression_of(ctx, [&](std::size_t i) { return ctx.has(i) ? ctx.inputs[i] : nullptr; }));
  std::memcpy(ctx.outputs[0].raw(), rows.data(), rows.size() * sizeof rows[0]);
}

}  // namespace

std::vector<Operator> detection_operators() {
  return {{"NonMaxSuppression", 10, infer_non_max_suppression, evaluate_non_max_suppression},
          {"NonZero", 9, infer_non_zero, evaluate_non_zero}};
}

}  // namespace mien::operators
