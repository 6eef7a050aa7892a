// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// Where the numbers of a weight come from.
struct WeightSource {
  std::string name;           ///< one name, one weight
  dnnl::memory::desc layout;  ///< f32
  std::vector<float> scales;  ///< for s8: value = stored * scale, one a channel; else empty
  int scale_mask = 0;         ///< the dims along which the scales run
  /// Hands out the numbers; called at most once, right before they are converted. When the tensor is their only holder, its
  /// memory is given back while it is read, so that large weights are never held twice.
  std::function<graph::Tensor()> take;
};

/// Weights in the layouts that primitives asked for, shared by all programs of a model. Thread-safe.
class WeightStore {
 public:
  /// The weights in the layout `wanted`, converted from an earlier layout of theirs or from what the source hands out.
  /// Throws Error{bad_file} when the numbers were released and are only held in a quantised layout.
  dnnl::memory get(const WeightSource& source, const dnnl::memory::desc& wanted);
  std::size_t bytes() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<dnnl::memory>> held_;
};

}  // namespace mien::runtime::engine
