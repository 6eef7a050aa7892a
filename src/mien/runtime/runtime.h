// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs ONNX networks on the CPU. This header is C++17 and includes the standard library and mien/base/error.h only.
//
//   const auto model = mien::runtime::Model::load("faces.onnx");
//   mien::runtime::Session session(model);
//   const auto outputs = session.run({{{1, 1, 112, 112}, pixels.data()}});
//   const float* logits = outputs[0].values<float>();
//
// Errors are mien::Error (mien/base/error.h): what() names the file and the node.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/error.h"

namespace mien::runtime {

enum class ElementType : std::uint8_t { f32, i8, u8, i16, u16, i32, u32, i64, u64, boolean };
std::size_t size_of(ElementType type);
const char* name_of(ElementType type);  ///< "f32", "i64", ...; "unknown" for no such type

template <typename T>
constexpr ElementType element_type_of();
template <>
constexpr ElementType element_type_of<float>() {
  return ElementType::f32;
}
template <>
constexpr ElementType element_type_of<std::int8_t>() {
  return ElementType::i8;
}
template <>
constexpr ElementType element_type_of<std::uint8_t>() {
  return ElementType::u8;
}
template <>
constexpr ElementType element_type_of<std::int32_t>() {
  return ElementType::i32;
}
template <>
constexpr ElementType element_type_of<std::int64_t>() {
  return ElementType::i64;
}
template <>
constexpr ElementType element_type_of<bool>() {
  return ElementType::boolean;
}

/// How dense layers compute. `automatic`: the fastest that the processor has instructions for and that the file's own record of
/// accuracy allows (int8 only when the file was calibrated and passed), else fp32.
enum class Precision : std::uint8_t { automatic, fp32, bf16, int8 };
const char* name_of(Precision precision);           ///< "auto", "fp32", "bf16", "int8"; "unknown" for none of them
Precision precision_from(const std::string& name);  ///< throws Error{usage}

/// An input or output as the file declares it; -1 marks a dim that may have any size.
struct TensorInfo {
  std::string name;
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> shape;
};

/// Row-major values that somebody else owns.
struct TensorView {
  std::vector<std::int64_t> shape;
  const void* data = nullptr;
  ElementType type = ElementType::f32;

  TensorView() = default;
  template <typename T>
  TensorView(std::vector<std::int64_t> dims, const T* values)
      : shape(std::move(dims)), data(values), type(element_type_of<T>()) {}
  /// Elements. Throws Error{usage} for a negative dim, or more of them than 63 bits count.
  std::int64_t size() const {
    std::int64_t n = 1;
    for (const auto d : shape) {
      if (d < 0 || (d > 0 && n > std::numeric_limits<std::int64_t>::max() / d))
        throw Error(ErrorCode::usage, "a tensor's shape has a negative dim or too many elements");
      n *= d;
    }
    return n;
  }
  /// Throws Error{usage} when the values have another type.
  template <typename T>
  const T* values() const {
    if (type != element_type_of<T>()) throw Error(ErrorCode::usage, std::string("the tensor holds ") + name_of(type));
    return static_cast<const T*>(data);
  }
};

struct ModelOptions {
  Precision precision = Precision::automatic;
  /// Computing threads of a session; 0 = all usable cores. A batch with an image for each is shared out by images, everything
  /// else by the parts of a layer; where other programs keep the cores busy one thread may do a run alone (docs/runtime.md).
  int threads = 0;
  std::size_t cached_shapes = 8;  ///< compiled input shapes that are kept; the least recently used is dropped
  /// Factor on what a network may cost in nodes, memory and arithmetic beside its file and its inputs (docs/runtime.md), so that
  /// a small file cannot take minutes or gigabytes; 0: no limit.
  double budget = 1;
};

/// What a layer of a compiled network does and how long it took: for profiles.
struct LayerProfile {
  std::string name;            ///< of the node in the file
  std::string operation;       ///< "Conv 3x3 64->128 + relu"
  std::string implementation;  ///< "oneDNN brgconv:avx512_core_bf16", "plain"
  std::string output_shape;
  double gflop = 0;         ///< multiplications and additions of convolutions and matrix products
  double milliseconds = 0;  ///< median
};

/// A network read from a file, its weights prepared for this processor. Immutable: any number of threads may make sessions of
/// it and run them at the same time, with any shapes. Copies share everything. A model that was moved from throws Error{usage}.
class Model {
 public:
  /// Throws Error{not_found}, Error{bad_file} (also for a network beyond its budget), Error{usage} (int8 asked of a file without
  /// calibration, options that make no sense).
  static Model load(const std::string& file, const ModelOptions& options = {});
  /// From memory; `name` stands for the file in messages.
  static Model parse(const void* bytes, std::size_t size, const std::string& name = "model", const ModelOptions& options = {});

  const std::vector<TensorInfo>& inputs() const;
  const std::vector<TensorInfo>& outputs() const;
  const std::map<std::string, std::string>& metadata() const;
  Precision precision() const;                  ///< never `automatic`
  const std::string& precision_reason() const;  ///< "auto: bf16, the processor has AVX512_BF16 and the file passed at 99.8 %"
  int threads() const;
  std::size_t weight_bytes() const;       ///< prepared weights held at the moment
  std::size_t file_weight_bytes() const;  ///< weights of the file as float32 (or their integer type)

  struct State;

 private:
  friend struct ModelAccess;
  explicit Model(std::shared_ptr<State> state) : state_(std::move(state)) {}
  const State& state() const;
  std::shared_ptr<State> state_;
};

/// Runs a model. One thread at a time; make one session a thread. The first run with new input shapes compiles for them; shapes
/// may follow each other in any order. A session that was moved from throws Error{usage}.
class Session {
 public:
  explicit Session(const Model& model);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  /// Inputs in the order of Model::inputs(). The outputs, in the order of Model::outputs(), stay valid until the next run or the
  /// end of the session. Throws Error{usage} for a wrong number, type or shape of inputs, Error{bad_file} when the network
  /// cannot run at this shape or would go beyond its budget, Error{io} when memory is short; nothing but Error.
  const std::vector<TensorView>& run(const std::vector<TensorView>& inputs);

  /// Runs `rounds` times (1 or more) and measures every layer. Throws like `run`.
  std::vector<LayerProfile> profile(const std::vector<TensorView>& inputs, int rounds = 20);

  std::size_t activation_bytes() const;  ///< memory for intermediate values of all compiled shapes of this session

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Ranges of intermediate values, observed on example inputs: what int8 needs.
class Calibrator {
 public:
  /// The model must compute in fp32.
  explicit Calibrator(const Model& model);
  Calibrator(Calibrator&&) noexcept;
  ~Calibrator();
  /// Throws like Session::run.
  void add(const std::vector<TensorView>& inputs);
  /// The metadata entry (key `calibration_key`) that makes the same file run in int8: JSON with a range a value.
  /// @param percentile  share of the observed magnitudes that the range covers, in (0,1]; the rest saturates
  /// @param float_nodes names of nodes that stay in higher precision
  std::string finish(double percentile = 0.9999, const std::vector<std::string>& float_nodes = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
inline constexpr const char* calibration_key = "mien.int8_ranges";  // "mien.calibration" is the temperature
/// Metadata entry with the measured agreement of lower precisions with fp32, JSON {"bf16":{"agreement":0.998,"passed":true},...}:
/// what `automatic` looks at. Without it `automatic` takes bf16 where the processor has it, never int8.
inline constexpr const char* agreement_key = "mien.agreement";

/// What the processor offers to this library: "avx512_core_amx", "avx512_core_bf16", "avx512_core_vnni", "avx512_core", "avx2",
/// ..., after the limit that the environment variable ONEDNN_MAX_CPU_ISA sets.
std::string processor_isa();
bool processor_has(Precision precision);

}  // namespace mien::runtime
