// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mien::graph {

/// Element types that computations use. The reader turns f16, bf16 and f64 values of a file into f32.
enum class DataType : std::uint8_t { f32, i8, u8, i16, u16, i32, u32, i64, u64, boolean };

std::size_t element_size(DataType type);
const char* name_of(DataType type);  ///< "f32", "i64", ...

using Dims = std::vector<std::int64_t>;

/// Product of the dims, 1 for a scalar (no dims). Throws Error{bad_file} on a negative dim and on overflow of int64.
std::int64_t element_count(const Dims& dims);
std::string text_of(const Dims& dims);  ///< "1x3x112x112", "scalar"

/// Values with a shape, row-major and contiguous. Copies share the memory; whoever writes must be the only holder.
class Tensor {
 public:
  Tensor() = default;
  /// Uninitialised values. Throws Error{bad_file} for impossible dims, std::bad_alloc when memory is short.
  Tensor(DataType type, Dims dims);
  /// Takes over row-major bytes without a copy, as a protobuf message releases them. Throws Error{bad_file} when their number is
  /// not what type and dims say. The memory is aligned to 16 bytes.
  static Tensor adopt(DataType type, Dims dims, std::string bytes);
  /// Looks at memory that somebody else owns and that outlives the tensor and its copies.
  static Tensor view(DataType type, Dims dims, std::byte* memory);
  static Tensor scalar(float value);
  static Tensor of(const std::vector<float>& values);         ///< one dim
  static Tensor of(const std::vector<std::int64_t>& values);  ///< one dim

  DataType type() const { return type_; }
  const Dims& dims() const { return dims_; }
  std::int64_t size() const { return size_; }           ///< elements
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * element_size(type_); }
  std::byte* raw() { return data_.get(); }  ///< null for a default-made tensor and after release_data
  const std::byte* raw() const { return data_.get(); }
  template <typename T>
  std::span<T> values() { return {reinterpret_cast<T*>(data_.get()), static_cast<std::size_t>(size_)}; }
  template <typename T>
  std::span<const T> values() const { return {reinterpret_cast<const T*>(data_.get()), static_cast<std::size_t>(size_)}; }

  Tensor reshaped(Dims dims) const;        ///< the same memory; throws Error{bad_file} when the number of elements differs
  std::vector<std::int64_t> integers() const;  ///< any integer type or boolean, as int64; throws Error{bad_file} for f32
  std::vector<float> floats() const;       ///< any type, as float

  bool has_data() const { return data_ != nullptr; }
  /// Keeps type and dims and lets go of the memory (copies of this tensor keep it): for weights that were prepared elsewhere.
  /// `integers` and `floats` throw Error{usage} from then on.
  void release_data() { data_.reset(); }
  /// No copy of this tensor shares its memory.
  bool is_sole_holder() const { return data_.use_count() == 1; }
  /// Gives the memory of the first `bytes` bytes back to the system, in whole pages, so that a large tensor that is read once
  /// shrinks meanwhile. Their values are lost. Does nothing while copies share the memory, or for a view.
  void discard_front(std::size_t bytes);

 private:
  DataType type_ = DataType::f32;
  Dims dims_;
  std::int64_t size_ = 0;
  std::shared_ptr<std::byte[]> data_;      ///< 64-byte aligned, 16 when adopted
};

}  // namespace mien::graph
