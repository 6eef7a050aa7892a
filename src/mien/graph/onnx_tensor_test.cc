// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_tensor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/graph/float_formats.h"
#include "mien/graph/onnx_fixtures.h"

namespace mien::graph {
namespace {

using namespace onnx_fixtures;
using ::onnx::TensorProto;

Tensor take(TensorProto message) {
  ExternalData none({}, 0);
  return take_tensor(message, none);
}

std::string refused(TensorProto message) {
  try {
    take(std::move(message));
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    return error.what();
  }
}

template <typename T>
TensorProto raw(int type, const std::vector<T>& values) {
  auto message = tensor("", type, {static_cast<std::int64_t>(values.size())});
  message.set_raw_data(values.data(), values.size() * sizeof(T));
  return message;
}

TEST(OnnxTensor, ReadsRawDataOfEveryType) {
  EXPECT_EQ(take(raw<float>(TensorProto::FLOAT, {1.5f, -2})).floats(), (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(take(raw<double>(TensorProto::DOUBLE, {0.1, -2})).floats(), (std::vector<float>{0.1f, -2}));
  EXPECT_EQ(take(raw<std::uint16_t>(TensorProto::FLOAT16, {0x3c00, 0xc100})).floats(), (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(take(raw<std::uint16_t>(TensorProto::BFLOAT16, {0x3f80, 0xc020})).floats(), (std::vector<float>{1, -2.5f}));
  const auto check = [](const Tensor& tensor, DataType type, const std::vector<std::int64_t>& values) {
    EXPECT_EQ(tensor.type(), type);
    EXPECT_EQ(tensor.integers(), values);
  };
  check(take(raw<std::int8_t>(TensorProto::INT8, {-128, 127})), DataType::i8, {-128, 127});
  check(take(raw<std::uint8_t>(TensorProto::UINT8, {0, 255})), DataType::u8, {0, 255});
  check(take(raw<std::int16_t>(TensorProto::INT16, {-32768, 1})), DataType::i16, {-32768, 1});
  check(take(raw<std::uint16_t>(TensorProto::UINT16, {65535, 1})), DataType::u16, {65535, 1});
  check(take(raw<std::int32_t>(TensorProto::INT32, {-1 << 31, 1})), DataType::i32, {-2147483648ll, 1});
  check(take(raw<std::uint32_t>(TensorProto::UINT32, {0xffffffffu})), DataType::u32, {4294967295ll});
  check(take(raw<std::int64_t>(TensorProto::INT64, {-1ll << 62})), DataType::i64, {-1ll << 62});
  check(take(raw<std::uint64_t>(TensorProto::UINT64, {1ull << 62})), DataType::u64, {1ll << 62});
  check(take(raw<std::uint8_t>(TensorProto::BOOL, {0, 1, 77})), DataType::boolean, {0, 1, 1});
}

TEST(OnnxTensor, ReadsTypedFieldsOfEveryType) {
  const auto small = [](int type, std::vector<int> values) {
    auto message = tensor("", type, {static_cast<std::int64_t>(values.size())});
    for (const int value : values) message.add_int32_data(value);
    return message;
  };
  EXPECT_EQ(take(small(TensorProto::FLOAT16, {0x3c00, 0xc100})).floats(), (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(take(small(TensorProto::BFLOAT16, {0x3f80, 0xc020})).floats(), (std::vector<float>{1, -2.5f}));
  EXPECT_EQ(take(small(TensorProto::INT8, {-128, 127})).integers(), (std::vector<std::int64_t>{-128, 127}));
  EXPECT_EQ(take(small(TensorProto::UINT8, {255})).integers(), std::vector<std::int64_t>{255});
  EXPECT_EQ(take(small(TensorProto::INT16, {-300})).integers(), std::vector<std::int64_t>{-300});
  EXPECT_EQ(take(small(TensorProto::UINT16, {65535})).integers(), std::vector<std::int64_t>{65535});
  EXPECT_EQ(take(small(TensorProto::INT32, {-7})).integers(), std::vector<std::int64_t>{-7});
  EXPECT_EQ(take(small(TensorProto::BOOL, {0, 5})).integers(), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(refused(small(TensorProto::INT8, {200})), "the value 200 does not fit into i8");
  EXPECT_EQ(refused(small(TensorProto::UINT16, {-1})), "the value -1 does not fit into u16");
  auto message = tensor("", TensorProto::FLOAT, {1, 1});
  message.add_float_data(2);
  EXPECT_EQ(take(message).dims(), (Dims{1, 1}));
  message = tensor("", TensorProto::DOUBLE, {1});
  message.add_double_data(2);
  EXPECT_EQ(take(message).floats(), std::vector<float>{2});
  message = tensor("", TensorProto::INT64, {1});
  message.add_int64_data(-3);
  EXPECT_EQ(take(message).integers(), std::vector<std::int64_t>{-3});
  message = tensor("", TensorProto::UINT32, {1});
  message.add_uint64_data(4);
  EXPECT_EQ(take(message).integers(), std::vector<std::int64_t>{4});
  message.set_data_type(TensorProto::UINT64);
  EXPECT_EQ(take(message).type(), DataType::u64);
}

TEST(OnnxTensor, KeepsTheMemoryOfRawData) {
  auto message = raw<float>(TensorProto::FLOAT, std::vector<float>(1000, 1));
  const void* memory = message.raw_data().data();
  ExternalData none({}, 0);
  const Tensor tensor = take_tensor(message, none);
  EXPECT_EQ(static_cast<const void*>(tensor.raw()), memory);
  EXPECT_TRUE(message.raw_data().empty());
}

TEST(OnnxTensor, WidensHalvesExactly) {
  EXPECT_EQ(float_from_f16(0x0001), std::ldexp(1.0f, -24));    // the smallest subnormal number
  EXPECT_EQ(float_from_f16(0x83ff), -std::ldexp(1023.0f, -24));
  EXPECT_EQ(float_from_f16(0x0400), std::ldexp(1.0f, -14));    // the smallest normal number
  EXPECT_EQ(float_from_f16(0x7bff), 65504.0f);
  EXPECT_EQ(float_from_f16(0x3555), 0.333251953125f);
  EXPECT_TRUE(std::signbit(float_from_f16(0x8000)));
  EXPECT_EQ(float_from_f16(0xfc00), -INFINITY);
  EXPECT_TRUE(std::isnan(float_from_f16(0x7e00)));
  EXPECT_EQ(float_from_bf16(0x4049), 3.140625f);
  EXPECT_EQ(float_from_f64(-1e300), -std::numeric_limits<float>::max());  // a mask value stays finite
  EXPECT_EQ(float_from_f64(INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(float_from_f64(NAN)));
}

TEST(OnnxTensor, RefusesDataThatDoNotFitTheirShape) {
  EXPECT_TRUE(says(refused(tensor("", TensorProto::FLOAT, {1ll << 40})), {"1099511627776", "holds 0"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::FLOAT, {1ll << 40, 1ll << 40})), {"63 bits"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::FLOAT16, {1ll << 62})), {"too large"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::FLOAT, {-1})), {"negative"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::FLOAT, Dims(65, 1))), {"65 dims"}));
  auto message = raw<float>(TensorProto::FLOAT, {1, 2});
  message.set_dims(0, 3);
  EXPECT_TRUE(says(refused(message), {"12 bytes", "holds 8"}));
  message = raw<float>(TensorProto::FLOAT, {1});
  message.set_data_type(TensorProto::FLOAT16);
  EXPECT_TRUE(says(refused(message), {"2 bytes", "holds 4"}));
  EXPECT_EQ(take(tensor("", TensorProto::FLOAT, {0, 4})).size(), 0);
}

TEST(OnnxTensor, NamesTypesThatAreNotSupported) {
  EXPECT_TRUE(says(refused(tensor("", TensorProto::STRING, {1})), {"texts"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::COMPLEX64, {1})), {"complex"}));
  EXPECT_TRUE(says(refused(tensor("", 17, {1})), {"17"}));
  EXPECT_TRUE(says(refused(tensor("", TensorProto::UNDEFINED, {1})), {"type 0"}));
  auto message = raw<float>(TensorProto::FLOAT, {1});
  message.mutable_segment()->set_begin(0);
  EXPECT_TRUE(says(refused(message), {"segments"}));
}

TEST(OnnxTensor, NamesTheInitialiserInTheFile) {
  auto model = small_model();
  model.mutable_graph()->mutable_initializer(0)->set_dims(0, 4);
  EXPECT_TRUE(says(refusal(model), {"initialiser 'w'", "48 bytes"}));
}

}  // namespace
}  // namespace mien::graph
