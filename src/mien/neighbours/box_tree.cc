// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/box_tree.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "mien/image/simd.h"

namespace mien {

namespace {

constexpr std::int64_t leaf_size = 64;
constexpr std::int64_t lanes = 8;  ///< numbers that are summed side by side

/// Squared distances of 64 points [dims, 64] to a query; whether one is at most `limit`.
MIEN_SIMD_CLONES bool leaf_distances(const float* block, const float* query, std::int64_t dims, float limit, float* out) {
  float sums[leaf_size] = {};
  for (std::int64_t d = 0; d < dims; ++d) {
    const float value = query[d];
    const float* row = block + d * leaf_size;
    for (std::int64_t i = 0; i < leaf_size; ++i) {
      const float difference = row[i] - value;
      sums[i] += difference * difference;
    }
  }
  int near = 0;
  for (std::int64_t i = 0; i < leaf_size; ++i) {
    out[i] = sums[i];
    near |= sums[i] <= limit;
  }
  return near != 0;
}

/// Numbers that one instruction takes side by side. A compiler unrolls a loop of eight into single numbers instead.
using Lanes [[gnu::vector_size(lanes * sizeof(float)), gnu::may_alias, gnu::aligned(alignof(float))]] = float;

/// About the squared distance of a query to the box [2, length] of a node; `length` is a multiple of `lanes`.
MIEN_SIMD_CLONES float rough_distance(const float* low, const float* query, std::int64_t length) {
  Lanes sums = {};
  for (std::int64_t d = 0; d < length; d += lanes) {
    const Lanes at = *reinterpret_cast<const Lanes*>(query + d);
    const Lanes below = *reinterpret_cast<const Lanes*>(low + d) - at;
    const Lanes above = at - *reinterpret_cast<const Lanes*>(low + length + d);
    const Lanes side = below > above ? below : above, outside = side > 0 ? side : Lanes{};
    sums += outside * outside;
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/// Overflows to infinity, and never falls below what float arithmetic loses.
float in_float(double limit) {
  using Float = std::numeric_limits<float>;
  if (limit > Float::max()) return Float::infinity();
  return std::max(static_cast<float>(limit), Float::min());
}

}  // namespace

struct BoxTree::Query {
  std::vector<float> point;  ///< [box_length_], zeros at the end
  double slack;              ///< how many times too large or too small a sum in float may be
  Nearest& nearest;
  std::int64_t leaves = 0;
  float beyond = std::numeric_limits<float>::infinity();  ///< in float: more than this is too far for sure
  float within = std::numeric_limits<float>::infinity();  ///< less than this is near enough for sure

  void update() {
    if (!nearest.full()) return;
    beyond = in_float(nearest.limit() * slack);
    within = static_cast<float>(std::min<double>(nearest.limit() / slack, std::numeric_limits<float>::max()));
  }
};

BoxTree::BoxTree(const Vertices& vertices)
    : vertices_(vertices),
      box_length_((vertices.dims + lanes - 1) / lanes * lanes),
      order_(static_cast<std::size_t>(vertices.count())) {
  std::iota(order_.begin(), order_.end(), 0);
  if (!order_.empty()) add_node(0, static_cast<std::int32_t>(order_.size()));
}

std::span<const std::int32_t> BoxTree::leaf(std::int64_t l) const {
  const Node& node = nodes_[static_cast<std::size_t>(leaves_[static_cast<std::size_t>(l)])];
  return {order_.data() + node.begin, static_cast<std::size_t>(node.end - node.begin)};
}

std::int32_t BoxTree::add_node(std::int32_t begin, std::int32_t end) {
  const auto id = static_cast<std::int32_t>(nodes_.size());
  nodes_.push_back({.begin = begin, .end = end, .first_sample = 0});
  measure(id);
  if (end - begin <= leaf_size) {
    fill_leaf(id);
    return id;
  }
  const std::int32_t middle = split(begin, end);
  const std::int32_t lower = add_node(begin, middle), upper = add_node(middle, end);
  nodes_[static_cast<std::size_t>(id)].lower = lower;
  nodes_[static_cast<std::size_t>(id)].upper = upper;
  return id;
}

/// The box around a node's points, and its lowest sample.
void BoxTree::measure(std::int32_t id) {
  Node& node = nodes_[static_cast<std::size_t>(id)];
  const auto dims = static_cast<std::size_t>(vertices_.dims);
  const std::size_t low = boxes_.size(), high = low + static_cast<std::size_t>(box_length_);
  const float* point = vertices_.point(order_[static_cast<std::size_t>(node.begin)]);
  boxes_.resize(high + static_cast<std::size_t>(box_length_), 0.0f);
  for (const std::size_t side : {low, high}) std::copy_n(point, dims, boxes_.begin() + static_cast<std::ptrdiff_t>(side));
  node.first_sample = std::numeric_limits<std::int64_t>::max();
  for (std::int32_t i = node.begin; i < node.end; ++i) {
    const std::int32_t v = order_[static_cast<std::size_t>(i)];
    point = vertices_.point(v);
    for (std::size_t d = 0; d < dims; ++d) {
      boxes_[low + d] = std::min(boxes_[low + d], point[d]);
      boxes_[high + d] = std::max(boxes_[high + d], point[d]);
    }
    node.first_sample = std::min(node.first_sample, vertices_.members_of(v).front());
  }
}

/// Parts the points at the mean of the place where they vary most: binary vectors part by value. A very uneven cut becomes one at
/// the median, which keeps the tree shallow. Different points vary somewhere, so that both parts have points.
std::int32_t BoxTree::split(std::int32_t begin, std::int32_t end) {
  const auto dims = static_cast<std::size_t>(vertices_.dims);
  std::vector<double> sum(dims, 0.0), squares(dims, 0.0);
  for (std::int32_t i = begin; i < end; ++i) {
    const float* point = vertices_.point(order_[static_cast<std::size_t>(i)]);
    for (std::size_t d = 0; d < dims; ++d) {
      sum[d] += point[d];
      squares[d] += static_cast<double>(point[d]) * point[d];
    }
  }
  const double count = end - begin;
  std::size_t widest = 0;
  double most = -1;
  for (std::size_t d = 0; d < dims; ++d) {
    const double variance = squares[d] / count - (sum[d] / count) * (sum[d] / count);
    if (variance > most) {
      most = variance;
      widest = d;
    }
  }
  const auto first = order_.begin() + begin, last = order_.begin() + end;
  const auto value = [&](std::int32_t v) { return vertices_.point(v)[widest]; };
  const double mean = sum[widest] / count;
  auto middle = std::stable_partition(first, last, [&](std::int32_t v) { return value(v) <= mean; });
  if (std::min(middle - first, last - middle) < (end - begin) / 16) {
    middle = first + (end - begin) / 2;
    std::nth_element(first, middle, last,
                     [&](std::int32_t a, std::int32_t b) { return value(a) != value(b) ? value(a) < value(b) : a < b; });
  }
  return static_cast<std::int32_t>(middle - order_.begin());
}

void BoxTree::fill_leaf(std::int32_t id) {
  Node& node = nodes_[static_cast<std::size_t>(id)];
  node.leaf = static_cast<std::int32_t>(leaves_.size());
  leaves_.push_back(id);
  const std::size_t begin = blocks_.size();
  blocks_.resize(begin + static_cast<std::size_t>(vertices_.dims * leaf_size), 0.0f);
  for (std::int32_t i = node.begin; i < node.end; ++i) {
    const float* point = vertices_.point(order_[static_cast<std::size_t>(i)]);
    for (std::int64_t d = 0; d < vertices_.dims; ++d)
      blocks_[begin + static_cast<std::size_t>(d * leaf_size + i - node.begin)] = point[d];
  }
}

const float* BoxTree::box(std::int32_t node) const { return boxes_.data() + static_cast<std::int64_t>(node) * 2 * box_length_; }

/// Rounding keeps the order: summed as `squared_distance` sums, this is never above the distance to a point in the box, in the
/// last bit too.
double BoxTree::box_distance(std::int32_t node, const float* point) const {
  const float* low = box(node);
  const float* high = low + box_length_;
  double sum = 0;
  for (std::int64_t d = 0; d < vertices_.dims; ++d) {
    const double below = static_cast<double>(low[d]) - point[d], above = static_cast<double>(point[d]) - high[d];
    const double outside = std::max(0.0, std::max(below, above));
    sum += outside * outside;
  }
  return sum;
}

std::int64_t BoxTree::search(std::int64_t v, Nearest& nearest) const {
  nearest.clear();
  Query query{.point = std::vector<float>(static_cast<std::size_t>(box_length_), 0.0f),
              .slack = 1 + static_cast<double>(vertices_.dims + 8) * 0x1p-22,
              .nearest = nearest};
  std::copy_n(vertices_.point(v), vertices_.dims, query.point.begin());
  if (!nodes_.empty()) visit(0, 0, query);
  return query.leaves;
}

/// The rough distance decides alone, except near the limit, where equal distances may be decided by index.
bool BoxTree::may_have(std::int32_t id, float rough, const Query& query) const {
  if (rough < query.within) return true;
  if (rough > query.beyond) return false;
  return query.nearest.wants({box_distance(id, query.point.data()), nodes_[static_cast<std::size_t>(id)].first_sample});
}

void BoxTree::visit(std::int32_t id, float rough, Query& query) const {
  if (!may_have(id, rough, query)) return;
  const Node& node = nodes_[static_cast<std::size_t>(id)];
  if (node.leaf >= 0) return scan(node, query);
  const float lower = rough_distance(box(node.lower), query.point.data(), box_length_);
  const float upper = rough_distance(box(node.upper), query.point.data(), box_length_);
  const bool lower_first = lower <= upper;
  visit(lower_first ? node.lower : node.upper, lower_first ? lower : upper, query);
  visit(lower_first ? node.upper : node.lower, lower_first ? upper : lower, query);
}

void BoxTree::scan(const Node& node, Query& query) const {
  ++query.leaves;
  std::array<float, leaf_size> squared;
  const float* block = blocks_.data() + static_cast<std::int64_t>(node.leaf) * vertices_.dims * leaf_size;
  if (!leaf_distances(block, query.point.data(), vertices_.dims, query.beyond, squared.data())) return;
  for (std::int32_t i = node.begin; i < node.end; ++i) {
    if (squared[static_cast<std::size_t>(i - node.begin)] > query.beyond) continue;
    const std::int32_t v = order_[static_cast<std::size_t>(i)];
    query.nearest.offer(squared_distance(query.point.data(), vertices_.point(v), vertices_.dims), vertices_.members_of(v));
    query.update();
  }
}

}  // namespace mien
