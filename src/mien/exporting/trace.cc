// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/trace.h"

#include <fmt/format.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string_view>
#include <unordered_map>

#include "mien/base/error.h"

namespace mien::exporting {
namespace {

namespace jit = torch::jit;
using Kind = TracedValue::Kind;

/// Why the recorded network may be another one: what the tracer warned about on this thread, and numbers that the forward pass
/// read out of tensors, for a recorded choice is made once for all images.
thread_local std::vector<std::string> doubts;
thread_local int call_depth = 0;
void keep_warning(const std::string& text) { doubts.push_back(text); }
void print_warning(const std::string& text) { TORCH_WARN(text); }  // libtorch's own way

std::unique_ptr<at::ObserverContext> at_start(const at::RecordFunction& call) {
  const std::string_view name = call.name();
  if (call_depth++ == 0 &&
      (name == "aten::item" || name == "aten::_local_scalar_dense" || name == "aten::is_nonzero" || name == "aten::equal"))
    doubts.push_back(fmt::format("{} reads a value of a tensor, and what depends on it would be fixed", name));
  return nullptr;
}
void at_end(const at::RecordFunction&, at::ObserverContext*) { --call_depth; }

/// Collects doubts while it lives.
class DoubtGuard {
 public:
  DoubtGuard() {
    doubts.clear();
    call_depth = 0;
    jit::tracer::setWarn(keep_warning);
    handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(at_start, at_end).scopes({at::RecordScope::FUNCTION}));
  }
  ~DoubtGuard() {
    at::removeCallback(handle_);
    jit::tracer::setWarn(print_warning);
  }
  DoubtGuard(const DoubtGuard&) = delete;
  DoubtGuard& operator=(const DoubtGuard&) = delete;

 private:
  at::CallbackHandle handle_;
};

/// Names of parameters and buffers by the memory they show.
std::unordered_map<const void*, std::string> names_by_memory(const torch::nn::Module& module) {
  std::unordered_map<const void*, std::string> names;
  for (const auto& entry : module.named_parameters()) names.emplace(entry.value().data_ptr(), entry.key());
  for (const auto& entry : module.named_buffers()) names.emplace(entry.value().data_ptr(), entry.key());
  return names;
}

/// Turns libtorch's recording into ours.
class Reader {
 public:
  explicit Reader(const torch::nn::Module& module) : names_(names_by_memory(module)) {}

  TracedGraph read(jit::Graph& recorded) {
    for (const jit::Value* input : recorded.inputs()) out_.inputs.push_back(add_tensor(input));
    for (const jit::Node* node : recorded.nodes()) read_node(*node);
    for (const jit::Value* output : recorded.outputs()) {
      const TracedValue& value = value_of(output);
      if (value.kind != Kind::tensor) throw Error(ErrorCode::bad_data, "an output of the network is no tensor");
      out_.outputs.push_back(value.tensors[0]);
    }
    return std::move(out_);
  }

 private:
  const TracedValue& value_of(const jit::Value* value) const {
    const auto found = values_.find(value);
    if (found != values_.end()) return found->second;
    throw Error(ErrorCode::bad_data, fmt::format("the trace uses '{}', which is neither tensor nor number, from operator {}",
                                                 value->debugName(), value->node()->kind().toQualString()));
  }

  int add_tensor(const jit::Value* value) {
    TracedTensor tensor;
    if (const auto type = value->type()->cast<c10::TensorType>()) {
      if (type->scalarType()) tensor.type = *type->scalarType();
      if (const auto sizes = type->sizes().concrete_sizes())
        for (const std::int64_t d : *sizes) tensor.dims.push_back({d});
    }
    out_.tensors.push_back(std::move(tensor));
    const int id = static_cast<int>(out_.tensors.size()) - 1;
    values_[value] = {.kind = Kind::tensor, .tensors = {id}};
    return id;
  }

  int add_constant(const torch::Tensor& t) {
    TracedTensor tensor{.type = t.scalar_type(), .constant = t};
    for (const std::int64_t d : t.sizes()) tensor.dims.push_back({d});
    if (const auto name = names_.find(t.data_ptr()); name != names_.end()) tensor.name = name->second;
    out_.tensors.push_back(std::move(tensor));
    return static_cast<int>(out_.tensors.size()) - 1;
  }

  TracedValue constant(const c10::IValue& v) {
    TracedValue out;
    if (v.isTensor() && v.toTensor().defined()) return {.kind = Kind::tensor, .tensors = {add_constant(v.toTensor())}};
    if (v.isInt()) return {.kind = Kind::number, .numbers = {{v.toInt()}}};
    if (v.isBool()) return {.kind = Kind::number, .numbers = {{v.toBool()}}};
    if (v.isDouble()) return {.kind = Kind::real, .reals = {v.toDouble()}};
    if (v.isString()) return {.kind = Kind::text, .text = v.toStringRef()};
    if (v.isIntList()) {
      out.kind = Kind::numbers;
      for (const std::int64_t n : v.toIntVector()) out.numbers.push_back({n});
    } else if (v.isDoubleList()) {
      out = {.kind = Kind::reals, .reals = v.toDoubleVector()};
    }
    return out;  // None, devices and the like: nothing that a converter looks at
  }

  TracedValue list(const jit::Node& node) const {
    TracedValue out;
    for (const jit::Value* element : node.inputs()) {
      const TracedValue& v = value_of(element);
      out.kind = v.kind == Kind::tensor ? Kind::tensors : v.kind == Kind::real ? Kind::reals : Kind::numbers;
      out.tensors.insert(out.tensors.end(), v.tensors.begin(), v.tensors.end());
      out.numbers.insert(out.numbers.end(), v.numbers.begin(), v.numbers.end());
      out.reals.insert(out.reals.end(), v.reals.begin(), v.reals.end());
    }
    return out;
  }

  /// The size of a tensor, whole or in one dim.
  TracedValue size(const jit::Node& node) const {
    const auto& dims = out_.tensors[static_cast<std::size_t>(value_of(node.input(0)).tensors.at(0))].dims;
    if (node.inputs().size() == 1) return {.kind = Kind::numbers, .numbers = dims};
    std::int64_t dim = value_of(node.input(1)).numbers.at(0).value;
    if (dim < 0) dim += static_cast<std::int64_t>(dims.size());
    return {.kind = Kind::number, .numbers = {dims.at(static_cast<std::size_t>(dim))}};
  }

  void read_node(const jit::Node& node) {
    const std::string kind = node.kind().toQualString();
    if (kind == "prim::Constant") {
      const auto value = jit::toIValue(node.output());
      values_[node.output()] = value ? constant(*value) : TracedValue{};
    } else if (kind == "prim::ListConstruct") {
      values_[node.output()] = list(node);
    } else if (kind == "prim::ListUnpack") {
      const auto maker = list_makers_.find(node.input());
      if (maker == list_makers_.end()) throw Error(ErrorCode::bad_data, "the trace takes apart a list that no operator made");
      for (const jit::Value* output : node.outputs()) out_.nodes[maker->second].outputs.push_back(add_tensor(output));
    } else if (kind == "aten::size") {
      values_[node.output()] = size(node);
    } else if (kind == "prim::NumToTensor" || kind == "aten::Int" || kind == "aten::ScalarImplicit") {
      values_[node.output()] = value_of(node.input());
    } else {
      add_call(node, kind);
    }
  }

  void add_call(const jit::Node& node, const std::string& kind) {
    TracedNode call;
    call.op = kind;
    const c10::FunctionSchema* schema = node.maybeSchema();
    for (std::size_t i = 0; i < node.inputs().size(); ++i) {
      const std::string name = schema && i < schema->arguments().size() ? schema->arguments()[i].name() : std::to_string(i);
      call.arguments[name] = value_of(node.input(i));
    }
    for (const jit::Value* output : node.outputs()) {
      if (output->type()->kind() == c10::TypeKind::ListType)
        list_makers_[output] = out_.nodes.size();
      else
        call.outputs.push_back(add_tensor(output));
    }
    out_.nodes.push_back(std::move(call));
  }

  std::unordered_map<const void*, std::string> names_;
  std::unordered_map<const jit::Value*, TracedValue> values_;
  std::unordered_map<const jit::Value*, std::size_t> list_makers_;  ///< lists of tensors and the calls that make them
  TracedGraph out_;
};

}  // namespace

TracedGraph trace(const torch::nn::Module& module, const Forward& forward, const torch::Tensor& images) {
  torch::NoGradGuard no_grad;
  const DoubtGuard guard;
  const auto answer = [&](jit::Stack inputs) {
    jit::Stack outputs;
    for (auto& tensor : forward(inputs[0].toTensor())) outputs.emplace_back(std::move(tensor));
    return outputs;
  };
  std::shared_ptr<jit::tracer::TracingState> state;
  try {
    state = jit::tracer::trace({images}, answer, [](const torch::Tensor&) { return ""; }, /*strict=*/true,
                               /*force_outplace=*/true, nullptr, {"input"})
                .first;
  } catch (const c10::Error& error) {
    throw Error(ErrorCode::bad_data, fmt::format("the network cannot be traced: {}", error.what_without_backtrace()));
  }
  if (!doubts.empty())
    throw Error(ErrorCode::bad_data, fmt::format("the network cannot be recorded faithfully: {}", doubts.front()),
                "Take the choice or the write in place out of the network's forward pass.");
  return Reader(module).read(*state->graph);
}

}  // namespace mien::exporting
