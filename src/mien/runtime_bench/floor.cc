// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/floor.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "mien/base/error.h"
#include "mien/runtime/engine/windows.h"
#include "mien/runtime/openmp_scope.h"
#include "mien/runtime_bench/statistics.h"

namespace mien::runtime_bench {

namespace {

using dnnl::memory;
using graph::Dims;
using graph::Node;
using runtime::Precision;
using runtime::TypedGraph;
using Type = memory::data_type;

const Dims& dims_of(const TypedGraph& typed, graph::ValueId id) { return typed.types.at(static_cast<std::size_t>(id)).dims; }

Dims with_groups(const Dims& weights, std::int64_t groups, bool transposed) {
  if (transposed) {  // the file has [I,O/G,h,w]
    const Dims dims{groups, weights[1], weights[0] / groups, weights[2], weights[3]};
    return groups > 1 ? dims : Dims(dims.begin() + 1, dims.end());
  }
  return groups > 1 ? Dims{groups, weights[0] / groups, weights[1], weights[2], weights[3]} : weights;
}

DenseWork convolution_work(const TypedGraph& typed, const Node& node) {
  const bool transposed = node.op == "ConvTranspose";
  DenseWork work;
  work.kind = transposed ? DenseWork::Kind::transposed_convolution : DenseWork::Kind::convolution;
  work.source = dims_of(typed, node.inputs[0]);
  work.result = dims_of(typed, node.outputs[0]);
  const auto& weights = dims_of(typed, node.inputs[1]);
  work.groups = node.integer("group", 1);
  work.weights = with_groups(weights, work.groups, transposed);
  const Dims kernel{weights[2], weights[3]};
  const auto window = transposed ? runtime::engine::transposed_window(node, work.source, work.result, kernel)
                                 : runtime::engine::window_of(node, work.source, work.result, kernel);
  work.strides = window.strides, work.low = window.low, work.high = window.high;
  for (const auto d : window.dilations) work.dilations.push_back(d - 1);
  return work;
}

/// Rows times a constant matrix.
DenseWork linear_work(std::int64_t rows, std::int64_t k, std::int64_t n) {
  DenseWork work;
  work.kind = DenseWork::Kind::linear;
  work.source = {rows, k}, work.weights = {n, k}, work.result = {rows, n};
  return work;
}

DenseWork product_work(Dims a, Dims b, const Dims& y) {
  const auto stacked = [&](Dims dims) {
    dims.insert(dims.begin(), y.size() - dims.size(), 1);
    return dims;
  };
  DenseWork work;
  work.kind = DenseWork::Kind::product;
  work.source = stacked(std::move(a)), work.weights = stacked(std::move(b)), work.result = y;
  return work;
}

/// The types that values, weights and results have.
struct Types {
  Type source, weights, result;
};

std::vector<Types> types_from(Precision precision) {
  const Types f32{Type::f32, Type::f32, Type::f32}, bf16{Type::bf16, Type::bf16, Type::bf16}, int8{Type::u8, Type::s8, Type::u8};
  if (precision == Precision::int8) return {int8, bf16, f32};
  if (precision == Precision::bf16) return {bf16, f32};
  return {f32};
}

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::desc any(const Dims& dims, Type type) { return {dims, type, memory::format_tag::any}; }
memory::desc row_major(const Dims& dims, Type type) {
  memory::dims strides(dims.size(), 1);
  for (std::size_t d = dims.size() - 1; d > 0; --d) strides[d - 1] = strides[d] * std::max<std::int64_t>(dims[d], 1);
  return {dims, type, strides};
}

/// Memory full of ones: no numbers that slow a processor down.
memory ones(const memory::desc& desc) {
  memory made(desc, cpu());
  auto* bytes = static_cast<std::byte*>(made.get_data_handle());
  const std::size_t size = desc.get_size();
  if (desc.data_type() == Type::f32)
    std::fill_n(reinterpret_cast<float*>(bytes), size / sizeof(float), 1.0f);
  else if (desc.data_type() == Type::bf16)
    std::fill_n(reinterpret_cast<std::uint16_t*>(bytes), size / 2, std::uint16_t{0x3f80});
  else
    std::fill_n(bytes, size, std::byte{1});
  return made;
}

template <typename Desc>
double time_of(const Desc& pd, int rounds) {
  using Clock = std::chrono::steady_clock;
  const auto source = ones(pd.src_desc()), weights = ones(pd.weights_desc()), result = ones(pd.dst_desc());
  const dnnl::primitive primitive(pd.get());
  dnnl::stream stream(cpu());
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, result}};
  std::vector<double> times;
  for (int round = 0; round <= rounds; ++round) {
    const auto start = Clock::now();
    primitive.execute(stream, arguments);
    stream.wait();
    if (round > 0) times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return quantile(times, 0);  // others can only make it longer
}

using Way = std::function<double(int rounds)>;

Way convolution_way(const DenseWork& w, const Types& t) {
  using namespace dnnl;
  return [&w, t](int rounds) {
    const convolution_forward::desc desc(prop_kind::forward_inference, algorithm::convolution_direct, any(w.source, t.source),
                                         any(w.weights, t.weights), any(w.result, t.result), w.strides, w.dilations, w.low, w.high);
    return time_of(convolution_forward::primitive_desc(desc, cpu()), rounds);
  };
}

Way transposed_way(const DenseWork& w, const Types& t) {
  using namespace dnnl;
  return [&w, t](int rounds) {
    const deconvolution_forward::desc desc(prop_kind::forward_inference, algorithm::deconvolution_direct, any(w.source, t.source),
                                           any(w.weights, t.weights), any(w.result, t.result), w.strides, w.dilations, w.low,
                                           w.high);
    return time_of(deconvolution_forward::primitive_desc(desc, cpu()), rounds);
  };
}

Way matmul_way(const Dims& a, const Dims& b, const Dims& y, const Types& t, bool constant_weights) {
  return [=](int rounds) {
    const dnnl::matmul::desc desc(row_major(a, t.source), constant_weights ? any(b, t.weights) : row_major(b, t.weights),
                                  row_major(y, t.result));
    return time_of(dnnl::matmul::primitive_desc(desc, cpu()), rounds);
  };
}

Way inner_product_way(const DenseWork& w, const Types& t) {
  using namespace dnnl;
  return [&w, t](int rounds) {
    const inner_product_forward::desc desc(prop_kind::forward_inference, any(w.source, t.source), any(w.weights, t.weights),
                                           any(w.result, t.result));
    return time_of(inner_product_forward::primitive_desc(desc, cpu()), rounds);
  };
}

/// Rows as the pixels of an image of one line.
Way pixels_way(const DenseWork& w, const Types& t) {
  DenseWork image;
  const std::int64_t rows = w.source[0], k = w.source[1], n = w.result[1];
  image.source = {1, k, 1, rows}, image.weights = {n, k, 1, 1}, image.result = {1, n, 1, rows};
  image.strides = {1, 1}, image.dilations = {0, 0}, image.low = {0, 0}, image.high = {0, 0};
  return [image, t](int rounds) { return convolution_way(image, t)(rounds); };
}

std::vector<Way> ways(const DenseWork& w, const Types& t) {
  switch (w.kind) {
    case DenseWork::Kind::convolution: return {convolution_way(w, t)};
    case DenseWork::Kind::transposed_convolution: return {transposed_way(w, t)};
    case DenseWork::Kind::linear:
      return {inner_product_way(w, t), matmul_way(w.source, {w.weights[1], w.weights[0]}, w.result, t, true), pixels_way(w, t)};
    case DenseWork::Kind::product: return {matmul_way(w.source, w.weights, w.result, t, false)};
  }
  return {};
}

}  // namespace

double DenseWork::gflop() const {
  const auto count = [](const Dims& dims) { return static_cast<double>(graph::element_count(dims)); };
  const double k = static_cast<double>(kind == Kind::product || kind == Kind::linear ? source.back() : 0);
  if (kind == Kind::product || kind == Kind::linear) return 2e-9 * count(result) * k;
  // Every value of the picture that the window slides over meets all weights of its group but for one side.
  const bool transposed = kind == Kind::transposed_convolution;
  const auto& slides = transposed ? source : result;
  const double channels = static_cast<double>(slides[1]);
  return 2e-9 * count(slides) * count(weights) / channels;
}

std::vector<DenseWork> dense_work(const TypedGraph& typed) {
  std::vector<DenseWork> all;
  for (const auto& node : typed.graph.nodes) {
    const bool onnx = node.domain.empty() || node.domain == "ai.onnx";
    const bool linear = node.domain == "mien" && node.op == "Linear";
    if (!linear && !(onnx && (node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm" || node.op == "MatMul"))) continue;
    const auto &x = dims_of(typed, node.inputs[0]), &w = dims_of(typed, node.inputs[1]), &y = dims_of(typed, node.outputs[0]);
    if (graph::element_count(y) == 0) continue;
    if (node.op == "Conv" || node.op == "ConvTranspose") {
      if (x.size() == 4) all.push_back(convolution_work(typed, node));
    } else if (linear || node.op == "Gemm" || (w.size() == 2 && typed.graph.constant(node.inputs[1]))) {
      const std::int64_t n = y.back(), rows = graph::element_count(y) / n;
      all.push_back(linear_work(rows, graph::element_count(w) / n, n));
    } else if (x.size() >= 2 && w.size() >= 2) {
      all.push_back(product_work(x, w, y));
    }
  }
  return all;
}

double milliseconds_alone(const DenseWork& work, Precision precision, int threads, int rounds) {
  const runtime::OpenMpThreads scope(threads);
  for (const auto& types : types_from(precision)) {
    double fastest = std::numeric_limits<double>::infinity();
    for (const auto& way : ways(work, types)) {
      try {
        fastest = std::min(fastest, way(rounds));
      } catch (const dnnl::error& error) {
        if (error.status != dnnl_unimplemented && error.status != dnnl_invalid_arguments) throw;
      }
    }
    if (fastest < std::numeric_limits<double>::infinity()) return fastest;
  }
  throw Error(ErrorCode::bad_file, "oneDNN has no primitive for a convolution or product of the network");
}

Floor floor_of(const graph::Graph& network, const std::vector<Dims>& input_shapes, Precision precision, int threads, int rounds) {
  graph::Graph simple = network;
  runtime::simplify(simple);
  std::vector<operators::TensorType> types;
  for (std::size_t i = 0; i < input_shapes.size(); ++i) types.push_back({simple.inputs.at(i).type, input_shapes[i]});
  const auto all = dense_work(runtime::specialise(simple, types));
  std::vector<std::pair<DenseWork, double>> known;
  Floor floor;
  for (const auto& work : all) {
    auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == work; });
    if (found == known.end()) {
      known.emplace_back(work, milliseconds_alone(work, precision, threads, rounds));
      found = known.end() - 1;
    }
    floor.milliseconds += found->second;
    floor.gflop += work.gflop();
    ++floor.primitives;
  }
  return floor;
}

}  // namespace mien::runtime_bench
