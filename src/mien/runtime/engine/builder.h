// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "mien/runtime/engine/precision_plan.h"
#include "mien/runtime/engine/program.h"
#include "mien/runtime/engine/weight_store.h"
#include "mien/runtime/rewrite/rewrite.h"

namespace mien::runtime::engine {

using graph::Node;

/// A value as it lies in a buffer. Most fill it in the order of their format; a look at a part of another value, or at its
/// elements in another order, has strides of its own.
struct Operand {
  ValueId value = graph::no_value;
  BufferId buffer = -1;
  Format format;
  Dims dims;
  DataType type = DataType::f32;
  Dims strides = {};       ///< in elements; empty: those of the format
  std::size_t offset = 0;  ///< bytes from the start of the buffer
  Dims steps() const { return strides.empty() ? strides_of(dims, format) : strides; }
  dnnl::memory::desc desc() const {
    return strides.empty() ? describe(dims, format, type) : describe_strided(dims, strides, dnnl_type(format.storage, type));
  }
  dnnl::memory::desc image() const { return describe_image(dims, format.storage, type); }
};

/// A primitive's argument: a place in the arena with its layout, or fixed memory (weights).
struct Argument {
  int index;  ///< DNNL_ARG_...
  dnnl::memory::desc desc;
  BufferId buffer = -1;    ///< -1: `fixed`
  std::size_t offset = 0;  ///< bytes
  dnnl::memory fixed{};
  Argument(int i, const Operand& operand) : Argument(i, operand, operand.desc()) {}
  Argument(int i, const Operand& operand, dnnl::memory::desc layout)
      : index(i), desc(std::move(layout)), buffer(operand.buffer), offset(operand.offset) {}
  Argument(int i, dnnl::memory memory) : index(i), desc(memory.get_desc()), fixed(std::move(memory)) {}
};

/// What compiling may do beside making the program.
struct CompileOptions {
  /// Called in every run with each f32 result (and input) of the network: name, values, their number.
  std::function<void(const std::string&, const float*, std::int64_t)> observe;
};

/// Turns the nodes of a typed graph into steps, one after the other. Knows in which formats every value is at hand and adds
/// reorders where a step needs another one.
class Builder {
 public:
  Builder(TypedGraph& typed, const PrecisionPlan& precision, WeightStore& weights, CompileOptions options);

  const TypedGraph& typed() const { return typed_; }
  const PrecisionPlan& precision() const { return precision_; }
  const Dims& dims(ValueId id) const { return typed_.types[static_cast<std::size_t>(id)].dims; }
  DataType type(ValueId id) const { return typed_.types[static_cast<std::size_t>(id)].type; }
  const graph::Tensor* constant(ValueId id) const { return typed_.graph.constant(id); }

  /// The planned format of a result, or the low-precision float one where the plan says 8-bit: for what computes in floats only.
  Format float_format(ValueId id) const;
  /// A constant with its numbers. Throws Error{bad_file} when the value is none.
  graph::Tensor constant_values(ValueId id) const;

  /// The value in the format it was first made in; one that is only looked at is copied.
  Operand any(ValueId id);
  /// The same without the copy: the operand may have strides.
  Operand look(ValueId id);
  /// The value in a format (other types than f32: in the order that it says); adds a reorder when it is not at hand.
  Operand get(ValueId id, Format format);
  /// Row-major in the graph's own type: what plain evaluation takes.
  Operand plain(ValueId id);

  /// A new buffer for a result.
  Operand make(ValueId id, Format format);
  /// Memory for numbers between two steps of one node, f32 with the channels innermost.
  Operand temporary(const Dims& dims);
  /// The result is another look at the operand's memory.
  Operand alias(ValueId id, Format format, const Operand& source);
  /// Some copy of the value lies in this buffer.
  bool lies_in(ValueId id, BufferId buffer) const;
  /// The value is what these strides and this offset show of the operand's memory. Nothing is copied before somebody needs the
  /// value in another order. Steps are in elements.
  void view(ValueId id, const Operand& source, Dims strides, std::int64_t offset = 0);
  /// A new buffer for a result whose elements lie in the order of these strides, which fill it.
  Operand make_strided(ValueId id, Format format, Dims strides);
  /// The value in such an order; adds a reorder when it does not lie so.
  Operand get_strided(ValueId id, Format format, const Dims& strides);
  /// Adds a reorder between two operands of the same dims; returns `to`.
  Operand copy(const Operand& from, const Operand& to);
  /// True when nothing reads the value after the node that is being lowered, so that its memory may be written over.
  bool dies_here(const Operand& operand) const;

  /// A constant in a layout, see WeightStore.
  dnnl::memory weights(ValueId id, const dnnl::memory::desc& source_layout, const dnnl::memory::desc& wanted,
                       const std::vector<float>& scales = {}, int scale_mask = 0);
  /// Other weights that were made of a constant: `kind` says what of.
  dnnl::memory prepared_weights(ValueId id, const std::string& kind, const graph::Tensor& made, const dnnl::memory::desc& layout,
                                const dnnl::memory::desc& wanted);
  /// Small f32 numbers made at compile time (bias, factors).
  dnnl::memory numbers(const std::vector<float>& values, const dnnl::memory::desc& desc);

  /// Adds a call of a primitive. `pd` supplies implementation name and scratchpad.
  template <typename PrimitiveDesc>
  void emit(const std::string& operation, const PrimitiveDesc& pd, std::vector<Argument> arguments, const Dims& shape,
            double gflop = 0) {
    emit_primitive(operation, dnnl::primitive(pd.get()), pd.impl_info_str(), pd.scratchpad_desc(), std::move(arguments), shape,
                   gflop);
  }
  /// Adds a call of our own code: `work` gets the addresses of `buffers` in their order.
  void emit_function(const std::string& operation, const std::string& implementation, std::vector<BufferId> buffers,
                     const Dims& shape, std::function<void(const std::vector<std::byte*>&)> work, double gflop = 0);

  /// The node that is being lowered.
  const Node& node() const { return typed_.graph.nodes[static_cast<std::size_t>(current_)]; }
  const graph::Uses& uses() const { return uses_; }
  /// The one node that reads a value which is no output of the network; null when there are more or none.
  const Node* only_reader(ValueId id) const;

  Program build();

 private:
  void lower_current();
  void emit_primitive(const std::string& operation, dnnl::primitive primitive, const std::string& implementation,
                      const dnnl::memory::desc& scratch, std::vector<Argument> arguments, const Dims& shape, double gflop);
  void push(Step step);
  void observe(ValueId id);
  Operand constant_operand(ValueId id);
  BufferId new_buffer(std::size_t bytes);
  std::vector<Operand>& copies(ValueId id) { return copies_[static_cast<std::size_t>(id)]; }

  TypedGraph& typed_;
  const PrecisionPlan& precision_;
  WeightStore& weights_;
  CompileOptions options_;
  graph::Uses uses_;
  Program program_;
  std::vector<std::vector<Operand>> copies_;  ///< by ValueId
  std::map<ValueId, Operand> views_;          ///< values that are looks at the memory of others
  std::map<BufferId, std::set<ValueId>> values_in_;
  std::int32_t current_ = -1;
};

/// What lowering a node comes to: true when steps were added, false when this way does not apply to the node.
using Lowering = bool (*)(Builder&, const Node&);

bool lower_convolution(Builder&, const Node&);     ///< Conv, ConvTranspose
bool lower_matrix_product(Builder&, const Node&);  ///< mien.Linear, MatMul
bool lower_pooling(Builder&, const Node&);         ///< MaxPool, AveragePool, mien.GlobalAverage
bool lower_elementwise(Builder&, const Node&);     ///< activations, Add, Mul, ... with post operations
bool lower_channel_gather(Builder&, const Node&);  ///< mien.ChannelGather
bool lower_reshape(Builder&, const Node&);         ///< Reshape, Flatten, Squeeze, Unsqueeze
bool lower_transpose(Builder&, const Node&);
bool lower_part(Builder&, const Node&);  ///< Slice, Split, Gather of one index
bool lower_concat(Builder&, const Node&);
bool lower_normalization(Builder&, const Node&);    ///< mien.LayerNorm, Softmax, mien.ScaleShift, PRelu
bool lower_upsampling(Builder&, const Node&);       ///< Resize by whole factors, nearest
bool lower_quantised_layer(Builder&, const Node&);  ///< QLinearConv, QLinearMatMul, QGemm with constant weights
bool lower_bytes(Builder&, const Node&);            ///< QuantizeLinear, DequantizeLinear, mien.Table, QLinearAdd, QLinearMul, ...
void lower_plain(Builder&, const Node&);            ///< everything that `operators` can evaluate

/// Compiles a typed graph. Throws Error{bad_file} that names the node.
Program compile(TypedGraph& typed, const PrecisionPlan& precision, WeightStore& weights, CompileOptions options = {});

}  // namespace mien::runtime::engine
