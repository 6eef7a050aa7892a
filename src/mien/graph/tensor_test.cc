// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "mien/base/error.h"

namespace mien::graph {
namespace {

bool is_aligned(const Tensor& tensor, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(tensor.raw()) % alignment == 0;
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::io;
}

TEST(ElementCount, MultipliesAndRefusesImpossibleShapes) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({1, 3, 112, 112}), 37632);
  EXPECT_EQ(element_count({1ll << 40, 1ll << 40, 0}), 0);
  EXPECT_EQ(code_of([] { element_count({2, -1}); }), ErrorCode::bad_file);
  EXPECT_EQ(code_of([] { element_count({1ll << 32, 1ll << 31}); }), ErrorCode::bad_file);
  EXPECT_EQ(element_count({1ll << 31, 1ll << 31}), 1ll << 62);
  EXPECT_EQ(code_of([] { Tensor(DataType::f32, {1ll << 31, 1ll << 31}); }), ErrorCode::bad_file);  // 2^64 bytes
}

TEST(ElementCount, HasATextForm) {
  EXPECT_EQ(text_of({1, 3, 112, 112}), "1x3x112x112");
  EXPECT_EQ(text_of({}), "scalar");
  EXPECT_STREQ(name_of(DataType::boolean), "boolean");
}

TEST(Tensor, AllocatesAlignedMemoryThatCopiesShare) {
  Tensor tensor(DataType::i16, {3, 5});
  EXPECT_EQ(tensor.size(), 15);
  EXPECT_EQ(tensor.bytes(), 30u);
  EXPECT_TRUE(is_aligned(tensor, 64));
  const Tensor copy = tensor;
  tensor.values<std::int16_t>()[14] = 7;
  EXPECT_EQ(copy.values<std::int16_t>()[14], 7);
  const Tensor flat = copy.reshaped({15});
  EXPECT_EQ(flat.raw(), tensor.raw());
  EXPECT_EQ(code_of([&] { copy.reshaped({14}); }), ErrorCode::bad_file);
  EXPECT_TRUE(Tensor(DataType::f32, {0, 4}).has_data());
  EXPECT_FALSE(Tensor().has_data());
}

TEST(Tensor, AdoptsBytesWithoutACopy) {
  std::string bytes(4096, '\0');
  const float value = 2.5f;
  std::memcpy(bytes.data() + 4, &value, 4);
  const void* memory = bytes.data();
  const Tensor tensor = Tensor::adopt(DataType::f32, {32, 32}, std::move(bytes));
  EXPECT_EQ(static_cast<const void*>(tensor.raw()), memory);
  EXPECT_EQ(tensor.values<float>()[1], 2.5f);
  EXPECT_TRUE(is_aligned(tensor, 16));
  EXPECT_EQ(code_of([] { Tensor::adopt(DataType::f32, {2}, std::string(7, 'x')); }), ErrorCode::bad_file);
  EXPECT_EQ(code_of([] { Tensor::adopt(DataType::f32, {-1}, ""); }), ErrorCode::bad_file);
  for (std::size_t size = 0; size < 40; ++size) {  // short texts live inside their object
    const Tensor small = Tensor::adopt(DataType::u8, {static_cast<std::int64_t>(size)}, std::string(size, 'x'));
    EXPECT_TRUE(is_aligned(small, 16));
    EXPECT_EQ(small.integers(), std::vector<std::int64_t>(size, 'x'));
  }
}

TEST(Tensor, ConvertsValues) {
  EXPECT_EQ(Tensor::scalar(1.5f).floats(), std::vector<float>{1.5f});
  EXPECT_TRUE(Tensor::scalar(1.5f).dims().empty());
  EXPECT_EQ(Tensor::of(std::vector<std::int64_t>{1, -2}).integers(), (std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(Tensor::of(std::vector<std::int64_t>{1, -2}).floats(), (std::vector<float>{1, -2}));
  const Tensor bytes = Tensor::adopt(DataType::i8, {2}, std::string("\xff\x02"));
  EXPECT_EQ(bytes.integers(), (std::vector<std::int64_t>{-1, 2}));
  EXPECT_EQ(code_of([] { Tensor::scalar(1).integers(); }), ErrorCode::bad_file);
}

TEST(Tensor, LetsGoOfItsMemory) {
  Tensor tensor = Tensor::of(std::vector<float>{1, 2, 3});
  const Tensor copy = tensor;
  tensor.release_data();
  EXPECT_FALSE(tensor.has_data());
  EXPECT_EQ(tensor.raw(), nullptr);
  EXPECT_EQ(tensor.dims(), (Dims{3}));
  EXPECT_EQ(copy.floats(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(code_of([&] { tensor.floats(); }), ErrorCode::usage);
}

TEST(Tensor, DiscardsItsFrontOnlyWhenNobodySharesIt) {
  constexpr std::int64_t size = 1 << 16;
  const auto filled = [] {
    Tensor tensor(DataType::f32, {size});
    for (auto& value : tensor.values<float>()) value = 1;
    return tensor;
  };
  const auto ones = [](const Tensor& tensor) {
    const auto values = tensor.values<float>();
    return std::count(values.begin(), values.end(), 1.0f);
  };
  Tensor shared = filled();
  {
    const Tensor copy = shared;
    EXPECT_FALSE(shared.is_sole_holder());
    shared.discard_front(shared.bytes());
    EXPECT_EQ(ones(copy), size);
  }
  EXPECT_TRUE(shared.is_sole_holder());
  Tensor looked_at = Tensor::view(DataType::f32, {size}, shared.raw());
  looked_at.discard_front(looked_at.bytes());
  EXPECT_EQ(ones(shared), size);
  shared.discard_front(shared.bytes() / 2);  // whole pages of the first half
  EXPECT_LE(ones(shared), size / 2 + 2 * 4096);
  EXPECT_GE(ones(shared), size / 2);
  shared.discard_front(10 * shared.bytes());  // no more than there is
  EXPECT_LE(ones(shared), 2 * 4096);
}

}  // namespace
}  // namespace mien::graph
