// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

/// How a primitive wants a weight.
struct WeightForm {
  dnnl::memory::desc source;  ///< f32: the primitive's dims over the numbers as the model holds them, one to one
  dnnl::memory::desc wanted;
  std::vector<float> scales = {};  ///< for s8: value = stored * scale, one a channel; else empty
  int scale_mask = 0;              ///< the dims along which the scales run
};

/// `form.wanted` made of the tensor's numbers.
dnnl::memory prepare(const graph::Tensor& numbers, const WeightForm& form);

/// The constants of a model in the layouts that its programs asked for, shared by all of them. Thread-safe.
///
/// Weights are held once: the numbers of a dense layer are let go as soon as a primitive's layout of them exists. Nothing is lost
/// by that, whatever shape comes later, since every layout is a rearrangement of the same numbers: the next one is made from the
/// one that is held, or the numbers themselves are made again. So each layout that is in use costs the weight's bytes in the
/// storage of the model's precision, and most networks use one or two (many rows are multiplied in another layout than few).
/// Where a layout does not hold all (8 bits) the numbers are kept.
class WeightStore {
 public:
  /// Takes note of the constants of a simplified graph, once, and takes over the numbers of its dense weights: those that one
  /// layer alone reads, beside a value that depends on an input's numbers (others may be folded under some shapes). The graph
  /// keeps their types and dims and is the same for every shape from then on.
  /// @param held_as  the storage in which every dense layer takes its weights, f32 or bf16; nullopt: the numbers must be kept
  void take_over(graph::Graph& graph, std::optional<Storage> held_as);

  /// The constant of the model whose numbers this constant of a typed graph has; nullopt when it was made for one shape.
  std::optional<ValueId> origin(ValueId id, const graph::Tensor& constant) const;
  /// A constant of the model in a form; made when nobody has asked for it before.
  dnnl::memory get(ValueId origin, const graph::Tensor& constant, const WeightForm& form);
  /// Numbers that follow from a constant of the model, in a form; `kind` says how they follow. Made when nobody has asked before.
  dnnl::memory derived(ValueId origin, const std::string& kind, const graph::Tensor& numbers, const WeightForm& form);
  /// The numbers of a weight that was taken over, rounded to bf16 where its layer takes it so.
  graph::Tensor numbers(ValueId origin);
  std::size_t bytes() const;

 private:
  struct Held {
    WeightForm form;
    dnnl::memory memory;
  };
  struct Weight {
    mutable std::mutex mutex;
    bool taken_over = false;
    graph::Tensor numbers;  ///< without memory after it was let go
    std::vector<Held> held;
  };
  Weight& weight(ValueId origin, const graph::Tensor* constant);
  dnnl::memory make(Weight& weight, const WeightForm& form) const;

  std::optional<Storage> held_as_;
  std::vector<bool> is_constant_;                   ///< by ValueId
  std::map<const std::byte*, ValueId> by_address_;  ///< of the constants that the graph holds
  mutable std::mutex mutex_;
  std::map<ValueId, std::unique_ptr<Weight>> weights_;
  std::map<std::pair<ValueId, std::string>, std::vector<Held>> derived_;
};

}  // namespace mien::runtime::engine
