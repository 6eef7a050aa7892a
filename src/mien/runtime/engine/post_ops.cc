// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/post_ops.h"

#include <algorithm>

#include "mien/runtime/engine/channel_kernels.h"

namespace mien::runtime::engine {

namespace {

using Kind = graph::PostOp::Kind;
using dnnl::algorithm;

class Maker {
 public:
  Maker(Builder& builder, const Node& node, const Format& format, std::optional<MatrixView> view)
      : builder_(builder), node_(node), format_(format), view_(view) {}

  PostOps run(bool in_place_add) {
    choose_result(in_place_add);
    for (std::size_t i = 0; i < node_.post.size(); ++i) append(node_.post[i], static_cast<int>(i));
    if (is_quantised(format_)) made_.ops.append_eltwise(1, algorithm::eltwise_linear, 1 / format_.scale, 0);
    return std::move(made_);
  }

 private:
  /// The first residual whose memory is free after this node takes the result; the others are read beside it.
  void choose_result(bool in_place_add) {
    const std::size_t places = in_place_add ? std::min(node_.post.size(), places_for_sums()) : 0;
    for (std::size_t i = 0; i < places; ++i) {
      const auto& post = node_.post[i];
      if (post.kind != Kind::add || builder_.constant(post.other) || builder_.dims(post.other) != builder_.dims(node_.outputs[0]))
        continue;
      const auto other = residual(post.other);
      if (bytes_per_element(other.format.storage, other.type) != bytes_per_element(format_.storage, DataType::f32) ||
          is_quantised(other.format) != is_quantised(format_) || !builder_.dies_here(other) || is_read(other))
        continue;
      in_place_ = static_cast<int>(i);
      onto_ = other;
      made_.result = builder_.alias(node_.outputs[0], format_, other);
      return;
    }
    made_.result = builder_.make(node_.outputs[0], format_);
  }

  /// AVX and AVX2 have fast code only for sums that come first. SSE4.1 has none for others either, and adds odd numbers of
  /// channels wrongly from beside, so that it is left to the slow code.
  static std::size_t places_for_sums() {
    const bool first_only = !has_wide_vectors() && dnnl::get_effective_cpu_isa() != dnnl::cpu_isa::sse41;
    return first_only ? 1 : SIZE_MAX;
  }

  /// The node reads the operand's memory in another place too, so that nothing may be added onto it.
  bool is_read(const Operand& operand) const {
    const auto reads = [&](ValueId id) { return id != graph::no_value && builder_.lies_in(id, operand.buffer); };
    return std::any_of(node_.inputs.begin(), node_.inputs.end(), reads) ||
           std::count_if(node_.post.begin(), node_.post.end(), [&](const auto& post) { return reads(post.other); }) > 1;
  }

  /// The residual in the order of the result: as it is when it is 8-bit for an 8-bit result, else in the result's storage.
  Operand residual(ValueId id) {
    const auto first = builder_.any(id);
    Format wanted = format_;
    if (is_quantised(format_)) wanted = is_quantised(first.format) ? first.format : builder_.precision().low_precision();
    wanted.channels_last = format_.channels_last;
    return builder_.get(id, wanted);
  }

  void append(const graph::PostOp& post, int index) {
    made_.text += std::string(" + ") + name_of(post.kind);
    if (index == in_place_)
      append_sum();
    else if (post.kind == Kind::add || post.kind == Kind::multiply)
      append_binary(post);
    else if (post.kind == Kind::prelu)
      keep_slopes(post);
    else
      append_activation(made_.ops, post);
  }

  void append_sum() {
    const auto type = dnnl_type(onto_.format.storage, DataType::f32);
    // Inner products only know sums onto numbers of the result's own type, which is spelled "undefined".
    const bool same = onto_.format.storage == format_.storage;
    made_.ops.append_sum(is_quantised(onto_.format) ? onto_.format.scale : 1.f, same ? dnnl::memory::data_type::undef : type);
  }

  /// How the primitive sees a second operand of its result.
  dnnl::memory::desc beside_result(const Dims& dims, const Format& format) const {
    const auto full = with_rank(dims, builder_.dims(node_.outputs[0]).size());
    if (!view_) return describe(full, format);
    return describe_matrix(graph::element_count(full) / full.back(), full.back(), format.storage, *view_);
  }

  void append_binary(const graph::PostOp& post) {
    const auto algorithm = post.kind == Kind::add ? algorithm::binary_add : algorithm::binary_mul;
    const int slot = DNNL_ARG_ATTR_MULTIPLE_POST_OP(made_.ops.len()) | DNNL_ARG_SRC_1;
    if (const auto* constant = builder_.constant(post.other)) {
      const auto desc = beside_result(constant->dims(), {});
      made_.ops.append_binary(algorithm, desc);
      made_.arguments.emplace_back(slot, builder_.numbers(constant->floats(), desc));
      return;
    }
    Format wanted = is_quantised(format_) ? builder_.precision().low_precision() : format_;
    wanted.channels_last = format_.channels_last;
    const auto other = builder_.get(post.other, wanted);
    const auto desc = beside_result(other.dims, other.format);
    made_.ops.append_binary(algorithm, desc);
    made_.arguments.emplace_back(slot, other, desc);
  }

  void keep_slopes(const graph::PostOp& post) {
    made_.slopes = builder_.constant_values(post.other).floats();
    const auto channels = static_cast<std::size_t>(builder_.dims(node_.outputs[0]).at(1));
    if (made_.slopes.size() == 1) made_.slopes.assign(channels, made_.slopes[0]);
  }

  Builder& builder_;
  const Node& node_;
  Format format_;
  std::optional<MatrixView> view_;
  int in_place_ = -1;
  Operand onto_;
  PostOps made_;
};

}  // namespace

const char* name_of(Kind kind) {
  static constexpr const char* names[] = {"relu", "leaky relu", "clip", "sigmoid", "hard sigmoid", "hard swish", "swish",
                                          "tanh", "gelu",       "elu",  "linear",  "prelu",        "add",        "multiply"};
  return names[static_cast<int>(kind)];
}

void append_activation(dnnl::post_ops& ops, const graph::PostOp& post) {
  switch (post.kind) {
    case Kind::relu: return ops.append_eltwise(1, algorithm::eltwise_relu, 0, 0);
    case Kind::leaky_relu: return ops.append_eltwise(1, algorithm::eltwise_relu, post.alpha, 0);
    case Kind::clip: return ops.append_eltwise(1, algorithm::eltwise_clip, post.alpha, post.beta);
    case Kind::sigmoid: return ops.append_eltwise(1, algorithm::eltwise_logistic, 0, 0);
    case Kind::hard_sigmoid:
      ops.append_eltwise(1, algorithm::eltwise_linear, post.alpha, post.beta);
      return ops.append_eltwise(1, algorithm::eltwise_clip, 0, 1);
    case Kind::hard_swish: return ops.append_eltwise(1, algorithm::eltwise_hardswish, 0, 0);
    case Kind::swish: return ops.append_eltwise(1, algorithm::eltwise_swish, post.alpha, 0);
    case Kind::tanh: return ops.append_eltwise(1, algorithm::eltwise_tanh, 0, 0);
    case Kind::gelu_erf: return ops.append_eltwise(1, algorithm::eltwise_gelu_erf, 0, 0);
    case Kind::elu: return ops.append_eltwise(1, algorithm::eltwise_elu, post.alpha, 0);
    case Kind::linear: return ops.append_eltwise(1, algorithm::eltwise_linear, post.alpha, post.beta);
    default: throw Error(ErrorCode::usage, std::string(name_of(post.kind)) + " is no activation");
  }
}

PostOps make_post_ops(Builder& builder, const Node& node, const Format& format, bool in_place_add) {
  return Maker(builder, node, canonical(format, builder.dims(node.outputs[0])), std::nullopt).run(in_place_add);
}

PostOps make_matrix_post_ops(Builder& builder, const Node& node, const Format& format, MatrixView view) {
  return Maker(builder, node, canonical(format, builder.dims(node.outputs[0])), view).run(true);
}

bool has_slopes(const Node& node) { return !node.post.empty() && node.post.back().kind == Kind::prelu; }

void emit_slopes(Builder& builder, const PostOps& post) {
  if (post.slopes.empty()) return;
  const auto channels = static_cast<std::int64_t>(post.slopes.size());
  const ChannelSlopes slopes{graph::element_count(post.result.dims) / channels, channels, post.result.format.storage,
                             post.slopes};
  builder.emit_function("prelu", "mien", {post.result.buffer}, post.result.dims,
                        [slopes](const std::vector<std::byte*>& at) { run(slopes, at[0], at[0]); });
}

dnnl::memory::desc describe_matrix(std::int64_t rows, std::int64_t columns, Storage storage, MatrixView view) {
  return view == MatrixView::matrix ? describe({rows, columns}, {storage}) : describe_image({1, columns, 1, rows}, storage);
}

}  // namespace mien::runtime::engine
