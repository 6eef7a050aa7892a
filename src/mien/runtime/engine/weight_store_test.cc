// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/weight_store.h"

#include <cstring>

#include "mien/runtime/engine/movable_weights.h"
#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime::engine {
namespace {

using memory = dnnl::memory;
using tag = memory::format_tag;

constexpr std::int64_t k = 72, n = 40;  // of a matrix [K,N] in the file; no block size divides both

struct Layer {
  NetworkBuilder network;
  ValueId weights = graph::no_value;

  Layer() {
    const auto x = network.input({-1, k});
    weights = network.weights({k, n});
    network.output(network.node("MatMul", {x, weights}));
  }
};

/// The matrix as primitives see it: [N,K], or as pixels [N,K,1,1].
WeightForm form(tag layout, memory::data_type type, bool pixels) {
  memory::dims dims = {n, k}, steps = {1, n};
  if (pixels) dims.resize(4, 1), steps.resize(4, 1);
  return {{dims, memory::data_type::f32, steps}, {dims, type, layout}};
}

std::vector<WeightForm> forms(memory::data_type type) {
  std::vector<WeightForm> all;
  for (const auto layout : {tag::ab, tag::ba, tag::AB16b16a, tag::BA16a16b})
    all.push_back(form(layout, type, false));
  for (const auto layout : {tag::abcd, tag::acdb, tag::cdba, tag::ABcd16b16a, tag::ABcd8b8a, tag::ABcd16b64a})
    all.push_back(form(layout, type, true));
  if (type == memory::data_type::bf16) all.push_back(form(tag::ABcd8b16a2b, type, true));
  return all;
}

std::string bytes_of(const memory& held) {
  return {static_cast<const char*>(held.get_data_handle()), held.get_desc().get_size()};
}

std::vector<float> floats_of(const graph::Tensor& tensor) { return tensor.floats(); }

void expect_any_order(Storage storage) {
  const auto type = dnnl_type(storage, DataType::f32);
  const Layer layer;
  const auto original = *layer.network.graph.constant(layer.weights);
  for (const auto& first : forms(type))
    for (const auto& second : forms(type)) {
      auto graph = layer.network.graph;
      WeightStore store;
      store.take_over(graph, storage);
      const auto& constant = *graph.constant(layer.weights);
      ASSERT_FALSE(constant.has_data());
      ASSERT_EQ(store.origin(layer.weights, constant), layer.weights);
      const auto before = floats_of(store.numbers(layer.weights));
      const auto made = store.get(layer.weights, constant, first), other = store.get(layer.weights, constant, second);
      EXPECT_EQ(bytes_of(made), bytes_of(prepare(original, first)));
      EXPECT_EQ(bytes_of(other), bytes_of(prepare(original, second)));
      EXPECT_EQ(floats_of(store.numbers(layer.weights)), before);
      EXPECT_EQ(store.get(layer.weights, constant, first).get_data_handle(), made.get_data_handle());
      const auto size = made.get_desc().get_size();
      EXPECT_EQ(store.bytes(), size + (made.get_desc() == other.get_desc() ? 0 : other.get_desc().get_size()));
      if (storage == Storage::f32) {
        EXPECT_EQ(before, floats_of(original));
      }
    }
}

TEST(WeightStore, EveryLayoutComesFromAnyOther) { expect_any_order(Storage::f32); }

TEST(WeightStore, EveryLayoutComesFromAnyOtherInBfloat16) {
  if (!processor_has(Precision::bf16)) GTEST_SKIP() << "the processor has no bfloat16";
  expect_any_order(Storage::bf16);
}

TEST(WeightStore, NumbersAreKeptWhereLayoutsDoNotHoldThem) {
  const Layer layer;
  auto graph = layer.network.graph;
  const auto original = floats_of(*graph.constant(layer.weights));
  WeightStore store;
  store.take_over(graph, std::nullopt);
  auto bytes = form(tag::ab, memory::data_type::s8, false);
  bytes.scales = std::vector<float>(n, 0.01f);
  bytes.scale_mask = 1;
  const auto made = store.get(layer.weights, *graph.constant(layer.weights), bytes);
  bytes.scales = std::vector<float>(n, 0.02f);
  EXPECT_NE(bytes_of(store.get(layer.weights, *graph.constant(layer.weights), bytes)), bytes_of(made));
  EXPECT_EQ(floats_of(store.numbers(layer.weights)), original);
}

TEST(WeightStore, ConstantsOfOneShapeHaveNoOrigin) {
  const Layer layer;
  auto graph = layer.network.graph;
  const auto shared = graph.add_constant("shared", graph::Tensor::of(std::vector<float>{1, 2}));
  WeightStore store;
  store.take_over(graph, Storage::f32);
  const auto made = graph.add_constant("made for a shape", graph::Tensor::of(std::vector<float>{1, 2}));
  EXPECT_EQ(store.origin(made, *graph.constant(made)), std::nullopt);
  EXPECT_EQ(store.origin(layer.weights + 1, graph::Tensor::of(std::vector<float>{3})), std::nullopt);  // a value, not a constant
  EXPECT_EQ(store.origin(made, graph.constant(shared)->reshaped({1, 2})), shared);
}

std::vector<std::string> movable_names(const NetworkBuilder& network) {
  std::vector<std::string> names;
  for (const auto id : movable_weights(network.graph)) names.push_back(network.graph.values[static_cast<std::size_t>(id)].name);
  return names;
}

TEST(MovableWeights, AreThoseThatOneLayerAloneReads) {
  NetworkBuilder network;
  const auto x = network.conv(network.input({-1, 3, 8, 8}), 3, 8);
  network.output(network.conv(x, 8, 8, 1));
  EXPECT_EQ(movable_names(network).size(), 2u);

  NetworkBuilder twice;
  const auto shared = twice.weights({8, 8, 1, 1});
  const auto y = twice.node("Conv", {twice.input({-1, 8, 8, 8}), shared});
  twice.output(twice.node("Conv", {y, shared}));
  EXPECT_TRUE(movable_names(twice).empty());

  NetworkBuilder shown;
  const auto weights = shown.weights({8, 8});
  shown.output(shown.node("MatMul", {shown.input({-1, 8}), weights}));
  shown.output(weights);
  EXPECT_TRUE(movable_names(shown).empty());

  NetworkBuilder stack;  // a stack of matrices is no layer
  stack.output(stack.node("MatMul", {stack.input({-1, 2, 3, 8}), stack.weights({2, 8, 8})}));
  EXPECT_TRUE(movable_names(stack).empty());
}

TEST(MovableWeights, BelongToLayersThatNoShapeFolds) {
  NetworkBuilder network;
  const auto x = network.input({-1, 8});
  const auto filled = network.node("ConstantOfShape", {network.node("Shape", {x})});
  network.output(network.node("MatMul", {filled, network.weights({8, 8})}));
  EXPECT_TRUE(movable_names(network).empty());
}

}  // namespace
}  // namespace mien::runtime::engine
