// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mien/runtime/engine/format.h"
#include "mien/runtime/rewrite/rewrite.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime::engine {

/// Smallest and largest number that a value took on example inputs (after cutting off outliers).
struct Range {
  float low = 0, high = 0;
};

/// What the file says about int8: ranges by value name, and nodes that stay in higher precision.
struct Calibration {
  std::map<std::string, Range> ranges;
  std::set<std::string> float_nodes;
};

/// Throws Error{bad_file} for text that is not what Calibrator::finish writes.
Calibration parse_calibration(const std::string& text);
std::string to_text(const Calibration& calibration);

/// Decides in which storage every value of a graph is made.
class PrecisionPlan {
 public:
  PrecisionPlan(const TypedGraph& typed, Precision precision, const Calibration* calibration);

  /// Storage (and scale) for the result `id`; the order is the lowering's affair. f32 values only.
  Format format_of(ValueId id) const { return formats_[static_cast<std::size_t>(id)]; }
  /// The node computes on 8-bit operands.
  bool is_int8(const graph::Node& node) const;
  Format low_precision() const { return {low_, false, 1}; }  ///< bf16, or f32 where the processor or the user wants that

 private:
  void choose_floats(const TypedGraph& typed, const graph::Uses& uses);
  void choose_integers(const TypedGraph& typed, const graph::Uses& uses, const Calibration& calibration);

  Storage low_ = Storage::f32;
  std::vector<Format> formats_;
  std::set<std::string> float_nodes_;
};

/// Operators that run on oneDNN in bf16 as well as in f32.
bool is_dense(const graph::Node& node);      ///< convolutions and products with constant weights
bool runs_in_bf16(const graph::Node& node);  ///< dense ones and those that only move or combine values

}  // namespace mien::runtime::engine
