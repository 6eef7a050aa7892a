// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "mien/base/error.h"

namespace mien::runtime::engine {

namespace {

constexpr std::int32_t before_all = -1;
constexpr std::int32_t after_all = INT32_MAX;

/// Elements of an operand's buffer in bytes; nothing is smaller than a vector register, so that kernels may look past the end.
std::size_t bytes_of(const Dims& dims, const Format& format, DataType type) {
  return std::max<std::size_t>(64,
                               static_cast<std::size_t>(graph::element_count(dims)) * bytes_per_element(format.storage, type));
}

}  // namespace

Builder::Builder(TypedGraph& typed, const PrecisionPlan& precision, WeightStore& weights, CompileOptions options)
    : typed_(typed),
      precision_(precision),
      weights_(weights),
      options_(std::move(options)),
      uses_(graph::uses_of(typed.graph)),
      copies_(typed.graph.values.size()) {
  for (const auto& input : typed_.graph.inputs) {
    const Format format{type(input.value) == DataType::f32 ? Storage::f32 : Storage::native};
    const auto operand = make(input.value, format);
    program_.buffers[static_cast<std::size_t>(operand.buffer)].first = before_all;
    program_.inputs.push_back({operand.buffer, operand.dims, operand.type});
  }
}

Format Builder::float_format(ValueId id) const {
  const auto planned = precision_.format_of(id);
  return is_quantised(planned) ? precision_.low_precision() : planned;
}

graph::Tensor Builder::constant_values(ValueId id) const {
  const auto* tensor = constant(id);
  if (!tensor)
    throw Error(ErrorCode::bad_file, fmt::format("{}: nothing makes its input '{}'", node().label(),
                                                 typed_.graph.values[static_cast<std::size_t>(id)].name));
  return tensor->has_data() ? *tensor : weights_.numbers(id);
}

BufferId Builder::new_buffer(std::size_t bytes) {
  program_.buffers.push_back(
      {bytes, static_cast<std::int32_t>(program_.steps.size()), static_cast<std::int32_t>(program_.steps.size())});
  return static_cast<BufferId>(program_.buffers.size()) - 1;
}

Operand Builder::make(ValueId id, Format format) {
  Operand operand{id, -1, canonical(format, dims(id)), dims(id), type(id)};
  operand.buffer = new_buffer(bytes_of(operand.dims, operand.format, operand.type));
  values_in_[operand.buffer].insert(id);
  copies(id).push_back(operand);
  return operand;
}

Operand Builder::temporary(const Dims& dims) {
  const Format format = canonical({Storage::f32, true}, dims);
  return {graph::no_value, new_buffer(bytes_of(dims, format, DataType::f32)), format, dims, DataType::f32};
}

Operand Builder::alias(ValueId id, Format format, const Operand& source) {
  Operand operand{id, source.buffer, canonical(format, dims(id)), dims(id), type(id)};
  values_in_[operand.buffer].insert(id);
  copies(id).push_back(operand);
  return operand;
}

bool Builder::lies_in(ValueId id, BufferId buffer) const {
  const auto& made = copies_[static_cast<std::size_t>(id)];
  const auto look = views_.find(id);
  if (look != views_.end() && look->second.buffer == buffer) return true;
  return std::any_of(made.begin(), made.end(), [&](const Operand& copy) { return copy.buffer == buffer; });
}

bool Builder::dies_here(const Operand& operand) const {
  for (const ValueId id : values_in_.at(operand.buffer)) {
    if (uses_.is_output[static_cast<std::size_t>(id)]) return false;
    for (const auto reader : uses_.readers[static_cast<std::size_t>(id)])
      if (reader > current_) return false;
  }
  return true;
}

Operand Builder::constant_operand(ValueId id) {
  const graph::Tensor kept = constant_values(id);
  const auto operand = make(id, {type(id) == DataType::f32 ? Storage::f32 : Storage::native});
  emit_function("constant", "copy", {operand.buffer}, operand.dims,
                [kept](const std::vector<std::byte*>& at) { std::memcpy(at[0], kept.raw(), kept.bytes()); });
  return operand;
}

Operand Builder::look(ValueId id) {
  if (!copies(id).empty()) return copies(id).front();
  const auto found = views_.find(id);
  return found != views_.end() ? found->second : constant_operand(id);
}

Operand Builder::any(ValueId id) {
  const auto operand = look(id);
  return operand.strides.empty() ? operand : copy(operand, make(id, operand.format));
}

Operand Builder::plain(ValueId id) { return get(id, {type(id) == DataType::f32 ? Storage::f32 : Storage::native}); }

Operand Builder::get(ValueId id, Format format) {
  if (type(id) != DataType::f32) format = {Storage::native, format.channels_last && graph::element_size(type(id)) == 1};
  format = canonical(format, dims(id));
  for (const auto& copy : copies(id))
    if (copy.format == format) return copy;
  const auto from = look(id);  // makes a constant's first copy
  if (from.strides.empty() && from.format == format) return from;
  return copy(from, make(id, format));
}

void Builder::view(ValueId id, const Operand& source, Dims strides, std::int64_t offset) {
  const auto bytes = bytes_per_element(source.format.storage, source.type);
  Operand operand{id, source.buffer, source.format, dims(id), type(id), std::move(strides), source.offset};
  operand.format.channels_last = false;
  operand.offset += static_cast<std::size_t>(offset) * bytes;
  if (operand.offset == 0) {
    for (const bool channels_last : {false, true}) {
      Format format = operand.format;
      format.channels_last = channels_last;
      if (same_order(operand.dims, operand.strides, strides_of(operand.dims, canonical(format, operand.dims)))) {
        alias(id, format, source);
        return;
      }
    }
  }
  values_in_[operand.buffer].insert(id);
  views_[id] = std::move(operand);
}

Operand Builder::make_strided(ValueId id, Format format, Dims strides) {
  format.channels_last = false;
  Operand operand{id, new_buffer(bytes_of(dims(id), format, type(id))), format, dims(id), type(id)};
  view(id, operand, std::move(strides));
  return look(id);
}

Operand Builder::get_strided(ValueId id, Format format, const Dims& strides) {
  const auto from = look(id);
  if (from.format.storage == format.storage && from.format.scale == format.scale && same_order(from.dims, from.steps(), strides))
    return from;
  return copy(from, make_strided(id, format, strides));
}

Operand Builder::copy(const Operand& from, const Operand& to) {
  auto attributes = with_user_scratchpad();
  const float factor = (is_quantised(from.format) ? from.format.scale : 1.f) / (is_quantised(to.format) ? to.format.scale : 1.f);
  if (factor != 1) attributes.set_output_scales(0, {factor});
  const dnnl::reorder::primitive_desc pd(cpu(), from.desc(), cpu(), to.desc(), attributes);
  emit("reorder", pd, {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}}, to.dims);
  return to;
}

const Node* Builder::only_reader(ValueId id) const {
  const auto& readers = uses_.readers[static_cast<std::size_t>(id)];
  if (readers.size() != 1 || uses_.is_output[static_cast<std::size_t>(id)]) return nullptr;
  return &typed_.graph.nodes[static_cast<std::size_t>(readers[0])];
}

dnnl::memory Builder::weights(ValueId id, const dnnl::memory::desc& source_layout, const dnnl::memory::desc& wanted,
                              const std::vector<float>& scales, int scale_mask) {
  const WeightForm form{source_layout, wanted, scales, scale_mask};
  const auto& tensor = *constant(id);
  const auto origin = weights_.origin(id, tensor);
  return origin ? weights_.get(*origin, tensor, form) : prepare(constant_values(id), form);
}

dnnl::memory Builder::prepared_weights(ValueId id, const std::string& kind, const graph::Tensor& made,
                                       const dnnl::memory::desc& layout, const dnnl::memory::desc& wanted) {
  const WeightForm form{layout, wanted};
  const auto origin = weights_.origin(id, *constant(id));
  return origin ? weights_.derived(*origin, kind, made, form) : prepare(made, form);
}

dnnl::memory Builder::numbers(const std::vector<float>& values, const dnnl::memory::desc& desc) {
  dnnl::memory memory(desc, cpu());
  std::memcpy(memory.get_data_handle(), values.data(), values.size() * sizeof(float));
  return memory;
}

void Builder::push(Step step) {
  const auto index = static_cast<std::int32_t>(program_.steps.size());
  for (const auto id : step.buffers) {
    auto& buffer = program_.buffers[static_cast<std::size_t>(id)];
    buffer.last = std::max(buffer.last, index);
  }
  program_.steps.push_back(std::move(step));
}

void Builder::emit_primitive(const std::string& operation, dnnl::primitive primitive, const std::string& implementation,
                             const dnnl::memory::desc& scratch, std::vector<Argument> arguments, const Dims& shape,
                             double gflop) {
  program_.scratch_bytes = std::max(program_.scratch_bytes, scratch.get_size());
  Step step{current_ < 0 ? "" : node().name, operation, "oneDNN " + implementation, shape, gflop, {}, {}};
  for (const auto& argument : arguments)
    if (argument.buffer >= 0) step.buffers.push_back(argument.buffer);
  step.bind = [primitive = std::move(primitive), arguments = std::move(arguments), scratch](const Binding& binding) {
    std::vector<dnnl::memory> memories;  // keeps what the plain handles below point to
    std::vector<dnnl_exec_arg_t> handles;
    const auto add = [&](int index, dnnl::memory memory) {
      handles.push_back({index, memory.get()});
      memories.push_back(std::move(memory));
    };
    for (const auto& a : arguments)
      add(a.index, a.buffer >= 0 ? dnnl::memory(a.desc, cpu(), binding.at(a.buffer) + a.offset) : a.fixed);
    if (scratch.get_size() > 0) add(DNNL_ARG_SCRATCHPAD, dnnl::memory(scratch, cpu(), binding.scratch));
    return [primitive, memories = std::move(memories), handles = std::move(handles), stream = binding.stream] {
      dnnl::error::wrap_c_api(
          dnnl_primitive_execute(primitive.get(), stream->get(), static_cast<int>(handles.size()), handles.data()),
          "a primitive did not run");
    };
  };
  push(std::move(step));
}

void Builder::emit_function(const std::string& operation, const std::string& implementation, std::vector<BufferId> buffers,
                            const Dims& shape, std::function<void(const std::vector<std::byte*>&)> work, double gflop) {
  Step step{current_ < 0 ? "" : node().name, operation, implementation, shape, gflop, buffers, {}};
  step.bind = [work = std::move(work), buffers = std::move(buffers)](const Binding& binding) {
    std::vector<std::byte*> at;
    for (const auto id : buffers) at.push_back(binding.at(id));
    return [work, at = std::move(at)] { work(at); };
  };
  push(std::move(step));
}

void Builder::lower_current() {
  static constexpr Lowering ways[] = {lower_convolution,    lower_matrix_product, lower_pooling,    lower_elementwise,
                                      lower_channel_gather, lower_reshape,        lower_transpose,  lower_part,
                                      lower_concat,         lower_normalization,  lower_upsampling, lower_quantised_layer,
                                      lower_bytes};
  for (const auto way : ways) try {
      if (way(*this, node())) return;
    } catch (const dnnl::error& e) {
      if (e.status != dnnl_unimplemented) throw;
      for (const auto output : node().outputs)  // oneDNN has no kernel for this case
        if (output != graph::no_value) copies(output).clear(), views_.erase(output);
      break;
    }
  lower_plain(*this, node());
}

void Builder::observe(ValueId id) {
  if (!options_.observe || type(id) != DataType::f32) return;
  const auto operand = any(id);
  const auto count = graph::element_count(operand.dims);
  const auto name = typed_.graph.values[static_cast<std::size_t>(id)].name;
  emit_function("observe", "mien", {operand.buffer}, operand.dims,
                [name, count, look = options_.observe](const std::vector<std::byte*>& at) {
                  look(name, reinterpret_cast<const float*>(at[0]), count);
                });
}

Program Builder::build() {
  for (const auto& input : typed_.graph.inputs) observe(input.value);
  const auto count = static_cast<std::int32_t>(typed_.graph.nodes.size());
  for (current_ = 0; current_ < count; ++current_) try {
      lower_current();
      for (const auto output : node().outputs)
        if (output != graph::no_value) observe(output);
    } catch (const dnnl::error& e) {
      throw Error(ErrorCode::bad_file, fmt::format("{}: oneDNN cannot run it: {}", node().label(), e.what()));
    }
  current_ = -1;
  for (const auto& output : typed_.graph.outputs) {
    const auto operand = plain(output.value);
    program_.buffers[static_cast<std::size_t>(operand.buffer)].last = after_all;
    program_.outputs.push_back({operand.buffer, operand.dims, operand.type});
  }
  program_.arena_bytes = place_buffers(program_.buffers);
  return std::move(program_);
}

Program compile(TypedGraph& typed, const PrecisionPlan& precision, WeightStore& weights, CompileOptions options) {
  return Builder(typed, precision, weights, std::move(options)).build();
}

}  // namespace mien::runtime::engine
