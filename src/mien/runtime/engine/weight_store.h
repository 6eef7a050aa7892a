// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// Weights in the layouts that primitives asked for, shared by all programs of a model. Thread-safe.
class WeightStore {
 public:
  /// The weights `name` in the layout `wanted`. Converted from an earlier layout of theirs, or from `source` (f32 in the
  /// layout `source_layout`).
  /// @param scales  for s8: value = stored * scale, one a channel; `scale_mask` says along which dims they run
  /// Throws Error{bad_file} when the weights were released and are only held in a quantised layout.
  dnnl::memory get(const std::string& name, const graph::Tensor& source, const dnnl::memory::desc& source_layout,
                   const dnnl::memory::desc& wanted, const std::vector<float>& scales = {}, int scale_mask = 0);
  std::size_t bytes() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<dnnl::memory>> held_;
};

}  // namespace mien::runtime::engine
