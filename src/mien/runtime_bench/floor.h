// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/runtime/rewrite/rewrite.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime_bench {

/// A convolution or matrix product of a network, by its numbers alone: what a primitive of oneDNN is made from.
struct DenseWork {
  enum class Kind : std::uint8_t { convolution, transposed_convolution, linear, product };
  Kind kind = Kind::convolution;
  graph::Dims source, weights, result;  ///< linear: [rows,K], [N,K], [rows,N]; product: stacks of matrices of one rank
  graph::Dims strides, dilations, low, high;  ///< of convolutions
  std::int64_t groups = 1;
  double gflop() const;  ///< multiplications and additions
  bool operator==(const DenseWork&) const = default;
};

/// All of a network, simplified and specialised for an input shape, in the order of its nodes.
std::vector<DenseWork> dense_work(const runtime::TypedGraph& typed);

/// Milliseconds of the fastest run of the work as one oneDNN primitive, in layouts of its own choice, without anything before or behind it: the
/// fastest of the ways there are (an inner product, a matrix product, a 1x1 convolution). Where oneDNN cannot do it in the precision,
/// the next higher one is taken.
double milliseconds_alone(const DenseWork& work, runtime::Precision precision, int threads, int rounds);

/// The sum over a network: how long it would take if nothing but its convolutions and products had to be computed, each as fast as
/// alone. Equal work is measured once.
struct Floor {
  double milliseconds = 0, gflop = 0;
  std::size_t primitives = 0;
};
Floor floor_of(const graph::Graph& network, const std::vector<graph::Dims>& input_shapes, runtime::Precision precision, int threads,
               int rounds);

}  // namespace mien::runtime_bench
