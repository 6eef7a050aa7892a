// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "mien/base/error.h"
#include "mien/graph/float_formats.h"

namespace mien::graph {

namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores raw data in little-endian order");

using ::onnx::TensorProto;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::bad_file, what); }

std::size_t bytes_in_file(int onnx_type) {
  if (onnx_type == TensorProto::FLOAT16 || onnx_type == TensorProto::BFLOAT16) return 2;
  return onnx_type == TensorProto::DOUBLE ? 8 : element_size(data_type_of(onnx_type));
}

/// The bytes as a tensor of f32: `read` turns one value of type From into a float.
template <typename From, typename Read>
Tensor widened(const std::string& bytes, const Dims& dims, Read read) {
  Tensor tensor(DataType::f32, dims);
  float* out = tensor.values<float>().data();
  for (std::size_t i = 0; i < bytes.size() / sizeof(From); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    out[i] = read(value);
  }
  return tensor;
}

/// `bytes` are as many as dims and type say.
Tensor from_bytes(int onnx_type, Dims dims, std::string bytes) {
  switch (onnx_type) {
    case TensorProto::FLOAT16: return widened<std::uint16_t>(bytes, dims, float_from_f16);
    case TensorProto::BFLOAT16: return widened<std::uint16_t>(bytes, dims, float_from_bf16);
    case TensorProto::DOUBLE: return widened<double>(bytes, dims, float_from_f64);
    case TensorProto::BOOL:
      for (char& c : bytes) c = c != 0;  // other bytes are no bool in C++
      break;
    default: break;
  }
  if (bytes.capacity() - bytes.size() > bytes.size() / 8) bytes.shrink_to_fit();
  return Tensor::adopt(data_type_of(onnx_type), std::move(dims), std::move(bytes));
}

void check_number_of_values(std::int64_t expected, std::int64_t found, const Dims& dims) {
  if (expected != found)
    fail(fmt::format("the shape {} needs {} values, but the file holds {}", text_of(dims), expected, found));
}

template <typename To, typename Field, typename Convert>
Tensor from_field(const Field& field, DataType type, const Dims& dims, Convert convert) {
  check_number_of_values(element_count(dims), field.size(), dims);
  Tensor tensor(type, dims);
  To* out = tensor.values<To>().data();
  for (int i = 0; i < field.size(); ++i) out[i] = convert(field.Get(i));
  return tensor;
}

template <typename To, typename Field>
Tensor from_integers(const Field& field, DataType type, const Dims& dims) {
  return from_field<To>(field, type, dims, [type](auto value) {
    if (!std::in_range<To>(value)) fail(fmt::format("the value {} does not fit into {}", value, name_of(type)));
    return static_cast<To>(value);
  });
}

/// Values in the typed fields of the message: small types share int32_data, f16 and bf16 as bit patterns.
Tensor from_fields(const TensorProto& m, const Dims& dims) {
  const auto bits = [](std::int32_t value) { return static_cast<std::uint16_t>(value); };
  const auto same = [](auto value) { return value; };
  switch (m.data_type()) {
    case TensorProto::FLOAT: return from_field<float>(m.float_data(), DataType::f32, dims, same);
    case TensorProto::DOUBLE: return from_field<float>(m.double_data(), DataType::f32, dims, float_from_f64);
    case TensorProto::FLOAT16:
      return from_field<float>(m.int32_data(), DataType::f32, dims, [&](auto v) { return float_from_f16(bits(v)); });
    case TensorProto::BFLOAT16:
      return from_field<float>(m.int32_data(), DataType::f32, dims, [&](auto v) { return float_from_bf16(bits(v)); });
    case TensorProto::BOOL:
      return from_field<std::uint8_t>(m.int32_data(), DataType::boolean, dims, [](auto v) { return std::uint8_t{v != 0}; });
    case TensorProto::INT8: return from_integers<std::int8_t>(m.int32_data(), DataType::i8, dims);
    case TensorProto::UINT8: return from_integers<std::uint8_t>(m.int32_data(), DataType::u8, dims);
    case TensorProto::INT16: return from_integers<std::int16_t>(m.int32_data(), DataType::i16, dims);
    case TensorProto::UINT16: return from_integers<std::uint16_t>(m.int32_data(), DataType::u16, dims);
    case TensorProto::INT32: return from_integers<std::int32_t>(m.int32_data(), DataType::i32, dims);
    case TensorProto::UINT32: return from_integers<std::uint32_t>(m.uint64_data(), DataType::u32, dims);
    case TensorProto::UINT64: return from_integers<std::uint64_t>(m.uint64_data(), DataType::u64, dims);
    case TensorProto::INT64: return from_integers<std::int64_t>(m.int64_data(), DataType::i64, dims);
    default: fail("unknown element type");
  }
}

Dims dims_of(const TensorProto& message) {
  if (message.dims_size() > most_dims) fail(fmt::format("{} dims, more than the {} allowed", message.dims_size(), most_dims));
  return {message.dims().begin(), message.dims().end()};
}

}  // namespace

DataType data_type_of(int onnx_type) {
  switch (onnx_type) {
    case TensorProto::FLOAT:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
    case TensorProto::DOUBLE: return DataType::f32;
    case TensorProto::INT8: return DataType::i8;
    case TensorProto::UINT8: return DataType::u8;
    case TensorProto::INT16: return DataType::i16;
    case TensorProto::UINT16: return DataType::u16;
    case TensorProto::INT32: return DataType::i32;
    case TensorProto::UINT32: return DataType::u32;
    case TensorProto::INT64: return DataType::i64;
    case TensorProto::UINT64: return DataType::u64;
    case TensorProto::BOOL: return DataType::boolean;
    case TensorProto::STRING: fail("texts as elements are not supported");
    case TensorProto::COMPLEX64:
    case TensorProto::COMPLEX128: fail("complex numbers as elements are not supported");
    default: fail(fmt::format("the element type {} is not one of ONNX up to opset 18", onnx_type));
  }
}

int onnx_type_of(DataType type) {
  switch (type) {
    case DataType::f32: return TensorProto::FLOAT;
    case DataType::i8: return TensorProto::INT8;
    case DataType::u8: return TensorProto::UINT8;
    case DataType::i16: return TensorProto::INT16;
    case DataType::u16: return TensorProto::UINT16;
    case DataType::i32: return TensorProto::INT32;
    case DataType::u32: return TensorProto::UINT32;
    case DataType::i64: return TensorProto::INT64;
    case DataType::u64: return TensorProto::UINT64;
    case DataType::boolean: return TensorProto::BOOL;
  }
  throw Error(ErrorCode::usage, "unknown element type");
}

Tensor take_tensor(TensorProto& message, ExternalData& external) {
  TensorProto m;
  m.Swap(&message);  // freed at the end of this function
  const int type = m.data_type();
  data_type_of(type);
  Dims dims = dims_of(m);
  const std::int64_t count = element_count(dims);
  const auto size = static_cast<std::int64_t>(bytes_in_file(type));
  if (count > std::numeric_limits<std::int64_t>::max() / 8) fail(fmt::format("the shape {} is too large", text_of(dims)));
  if (m.has_segment()) fail("tensors in segments are not supported");
  if (m.data_location() == TensorProto::EXTERNAL)
    return from_bytes(type, std::move(dims), external.read(m, static_cast<std::uint64_t>(count * size)));
  if (m.raw_data().empty()) return from_fields(m, dims);
  if (static_cast<std::uint64_t>(count * size) != m.raw_data().size())
    fail(fmt::format("the shape {} needs {} bytes, but the file holds {}", text_of(dims), count * size, m.raw_data().size()));
  return from_bytes(type, std::move(dims), std::move(*m.mutable_raw_data()));
}

TensorProto tensor_message(const Tensor& tensor) {
  if (!tensor.has_data()) throw Error(ErrorCode::usage, "cannot write a tensor whose data were released");
  TensorProto message;
  message.set_data_type(onnx_type_of(tensor.type()));
  message.mutable_dims()->Add(tensor.dims().begin(), tensor.dims().end());
  message.set_raw_data(tensor.raw(), tensor.bytes());
  return message;
}

}  // namespace mien::graph
