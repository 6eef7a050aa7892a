// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/tensor.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "mien/base/error.h"

namespace mien::graph {

namespace {

constexpr std::align_val_t allocation_alignment{64};
constexpr std::size_t adopted_alignment = 16;

/// The deleter of memory that belongs to somebody else.
struct NotOurs {
  void operator()(std::byte*) const {}
};

/// At least one cache line, so that a tensor without elements has an address too.
std::shared_ptr<std::byte[]> allocate(std::size_t bytes) {
  auto* memory = static_cast<std::byte*>(::operator new(std::max<std::size_t>(bytes, 64), allocation_alignment));
  return {memory, [](std::byte* p) { ::operator delete(p, allocation_alignment); }};
}

std::int64_t checked_count(DataType type, const Dims& dims) {
  const std::int64_t count = element_count(dims);
  if (count > INT64_MAX / static_cast<std::int64_t>(element_size(type)))
    throw Error(ErrorCode::bad_file, fmt::format("a tensor of {} values is too large to address", text_of(dims)));
  return count;
}

template <typename From, typename To>
std::vector<To> converted(const Tensor& tensor) {
  const auto values = tensor.values<From>();
  std::vector<To> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(), [](From v) { return static_cast<To>(v); });
  return result;
}

/// Calls `convert` with the element type as its template argument.
template <typename To>
std::vector<To> convert(const Tensor& tensor) {
  if (!tensor.has_data() && tensor.size() > 0)
    throw Error(ErrorCode::usage,
                fmt::format("the values of a {} tensor are asked for after they were released", text_of(tensor.dims())));
  switch (tensor.type()) {
    case DataType::f32: return converted<float, To>(tensor);
    case DataType::i8: return converted<std::int8_t, To>(tensor);
    case DataType::u8: return converted<std::uint8_t, To>(tensor);
    case DataType::i16: return converted<std::int16_t, To>(tensor);
    case DataType::u16: return converted<std::uint16_t, To>(tensor);
    case DataType::i32: return converted<std::int32_t, To>(tensor);
    case DataType::u32: return converted<std::uint32_t, To>(tensor);
    case DataType::i64: return converted<std::int64_t, To>(tensor);
    case DataType::u64: return converted<std::uint64_t, To>(tensor);
    case DataType::boolean: return converted<std::uint8_t, To>(tensor);
  }
  throw Error(ErrorCode::usage, "unknown element type");
}

template <typename T>
Tensor of_values(DataType type, const std::vector<T>& values) {
  Tensor tensor(type, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values<T>().begin());
  return tensor;
}

}  // namespace

std::size_t element_size(DataType type) {
  switch (type) {
    case DataType::i8:
    case DataType::u8:
    case DataType::boolean: return 1;
    case DataType::i16:
    case DataType::u16: return 2;
    case DataType::f32:
    case DataType::i32:
    case DataType::u32: return 4;
    case DataType::i64:
    case DataType::u64: return 8;
  }
  throw Error(ErrorCode::usage, "unknown element type");
}

const char* name_of(DataType type) {
  switch (type) {
    case DataType::f32: return "f32";
    case DataType::i8: return "i8";
    case DataType::u8: return "u8";
    case DataType::i16: return "i16";
    case DataType::u16: return "u16";
    case DataType::i32: return "i32";
    case DataType::u32: return "u32";
    case DataType::i64: return "i64";
    case DataType::u64: return "u64";
    case DataType::boolean: return "boolean";
  }
  return "unknown";
}

std::int64_t element_count(const Dims& dims) {
  std::int64_t count = 1;
  bool overflow = false;
  bool empty = false;  // [huge, huge, 0] holds nothing
  for (const auto dim : dims) {
    if (dim < 0) throw Error(ErrorCode::bad_file, fmt::format("the shape {} has a negative dim", text_of(dims)));
    empty |= dim == 0;
    overflow |= !overflow && __builtin_mul_overflow(count, dim, &count);
  }
  if (empty) return 0;
  if (overflow) throw Error(ErrorCode::bad_file, fmt::format("the shape {} has more elements than 63 bits count", text_of(dims)));
  return count;
}

std::string text_of(const Dims& dims) { return dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dims, "x")); }

Tensor::Tensor(DataType type, Dims dims) : type_(type), dims_(std::move(dims)), size_(checked_count(type, dims_)) {
  data_ = allocate(bytes());
}

Tensor Tensor::adopt(DataType type, Dims dims, std::string bytes) {
  Tensor tensor;
  tensor.type_ = type;
  tensor.size_ = checked_count(type, dims);
  tensor.dims_ = std::move(dims);
  if (tensor.bytes() != bytes.size())
    throw Error(ErrorCode::bad_file, fmt::format("{} bytes of data do not fill a {} tensor of {}: expected {} bytes",
                                                 bytes.size(), name_of(type), text_of(tensor.dims_), tensor.bytes()));
  const auto owner = std::make_shared<std::string>(std::move(bytes));
  auto* memory = reinterpret_cast<std::byte*>(owner->data());
  if (reinterpret_cast<std::uintptr_t>(memory) % adopted_alignment == 0) {
    tensor.data_ = std::shared_ptr<std::byte[]>(owner, memory);
  } else {  // a short text lives inside its string object
    tensor.data_ = allocate(owner->size());
    std::memcpy(tensor.data_.get(), memory, owner->size());
  }
  return tensor;
}

Tensor Tensor::view(DataType type, Dims dims, std::byte* memory) {
  Tensor tensor;
  tensor.type_ = type;
  tensor.size_ = element_count(dims);
  tensor.dims_ = std::move(dims);
  tensor.data_ = std::shared_ptr<std::byte[]>(memory, NotOurs{});
  return tensor;
}

Tensor Tensor::scalar(float value) {
  Tensor tensor(DataType::f32, {});
  tensor.values<float>()[0] = value;
  return tensor;
}

Tensor Tensor::of(const std::vector<float>& values) { return of_values(DataType::f32, values); }
Tensor Tensor::of(const std::vector<std::int64_t>& values) { return of_values(DataType::i64, values); }

Tensor Tensor::reshaped(Dims dims) const {
  if (element_count(dims) != size_)
    throw Error(ErrorCode::bad_file,
                fmt::format("{} values of shape {} do not fit into {}", size_, text_of(dims_), text_of(dims)));
  Tensor result = *this;
  result.dims_ = std::move(dims);
  return result;
}

void Tensor::discard_front(std::size_t bytes) {
  if (!is_sole_holder() || std::get_deleter<NotOurs>(data_) != nullptr) return;
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(data_.get());
  const auto first = (start + page - 1) / page * page, last = (start + std::min(bytes, this->bytes())) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);  // if it fails, nothing is gained
}

std::vector<std::int64_t> Tensor::integers() const {
  if (type_ == DataType::f32) throw Error(ErrorCode::bad_file, "expected integers, found f32 values");
  return convert<std::int64_t>(*this);
}

std::vector<float> Tensor::floats() const { return convert<float>(*this); }

}  // namespace mien::graph
