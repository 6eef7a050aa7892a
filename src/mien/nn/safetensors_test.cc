// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/nn/safetensors_file.h"

namespace mien {
namespace {

/// A file by hand, after the format's description: length, header, data.
std::vector<std::uint8_t> file_of(const std::string& header, std::size_t data_bytes) {
  std::vector<std::uint8_t> bytes(8);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  bytes.insert(bytes.end(), header.begin(), header.end());
  for (std::size_t i = 0; i < data_bytes; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

/// The message with which a file is refused; "" when it is not.
std::string refusal(const std::vector<std::uint8_t>& bytes) {
  try {
    SafetensorsFile::parse(bytes, "x.safetensors");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    EXPECT_NE(std::string(error.what()).find("x.safetensors"), std::string::npos);
    return error.what();
  }
}

}  // namespace

TEST(SafetensorsFile, ReadsAFileWrittenByHand) {
  const std::string header = R"({"__metadata__":{"who":"me"},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},)"
                             R"("a":{"dtype":"I16","shape":[2,1],"data_offsets":[0,4]}}  )";
  const auto file = SafetensorsFile::parse(file_of(header, 6), "x");
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].name, "a");  // the order of the data, not of the header
  EXPECT_EQ(file.tensors()[0].shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(file.find("b")->data[1], 5);
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.metadata().at("who"), "me");
}

TEST(SafetensorsFile, RefusesDamagedFiles) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  EXPECT_EQ(refusal(file_of(good, 8)), "");
  EXPECT_NE(refusal({1, 2, 3}).find("3 bytes"), std::string::npos);
  EXPECT_NE(refusal(file_of(good, 7)).find("8"), std::string::npos);                       // cut off
  EXPECT_NE(refusal(file_of(good, 9)).find("1 bytes follow"), std::string::npos);          // hidden bytes
  auto long_header = file_of(good, 8);
  long_header[0] = 0xff;
  EXPECT_NE(refusal(long_header).find("cut off"), std::string::npos);
  long_header[6] = 0xff;
  EXPECT_NE(refusal(long_header).find("header would be"), std::string::npos);
  EXPECT_NE(refusal(file_of("[1,2]", 0)).find("'{'"), std::string::npos);
  EXPECT_NE(refusal(file_of("{\"a\":", 0)).find("not JSON"), std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":[[[[1]]]]}})", 8)).find("nested"),
            std::string::npos);
  EXPECT_NE(
      refusal(
          file_of(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                  0))
          .find("twice"),
      std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", 8)).find("F31"), std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8)).find("needs 12 bytes"),
            std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8)).find("-2"), std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8)).find("lies at bytes"),
            std::string::npos);
  EXPECT_NE(
      refusal(file_of(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", 8)).find("overflows"),
      std::string::npos);
  EXPECT_NE(
      refusal(
          file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                  6))
          .find("overlaps"),
      std::string::npos);
  EXPECT_NE(
      refusal(
          file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})",
                  6))
          .find("gap"),
      std::string::npos);
  EXPECT_NE(refusal(file_of(R"({"__metadata__":{"n":1}})", 0)).find("not a text"), std::string::npos);
}

TEST(SafetensorsFile, RefusesEveryTruncation) {
  const auto whole =
      file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}})", 9);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << size;
}

TEST(Safetensors, RoundTripOfEveryTypeIsBitEqual) {
  TemporaryFolder folder;
  Safetensors content;
  content.metadata = {{"note", "ünïcode \"quoted\"\n"}};
  for (const auto type : {torch::kUInt8, torch::kFloat16, torch::kFloat64, torch::kFloat32, torch::kBFloat16, torch::kInt64,
                          torch::kInt32, torch::kInt16, torch::kInt8, torch::kBool})
    content.tensors.emplace_back(torch::toString(type),
                                 (torch::arange(15).reshape({3, 5}) * 17 % 2 + torch::arange(3).reshape({3, 1})).to(type));
  content.tensors.emplace_back("nan", torch::tensor({std::nan(""), -0.0, 1e-320}, torch::kFloat64));
  content.tensors.emplace_back("scalar", torch::tensor(7));
  content.tensors.emplace_back("empty", torch::zeros({0, 4}));
  content.tensors.emplace_back("transposed", torch::arange(6).reshape({2, 3}).t());
  write_safetensors(folder.path() / "a.safetensors", content);
  const auto back = read_safetensors(folder.path() / "a.safetensors");
  EXPECT_EQ(back.metadata, content.metadata);
  ASSERT_EQ(back.tensors.size(), content.tensors.size());
  for (const auto& [name, tensor] : back.tensors) {
    const auto original =
        std::find_if(content.tensors.begin(), content.tensors.end(), [&](const auto& entry) { return entry.first == name; });
    ASSERT_NE(original, content.tensors.end());
    ASSERT_EQ(tensor.scalar_type(), original->second.scalar_type()) << name;
    ASSERT_EQ(tensor.sizes(), original->second.sizes()) << name;
    if (tensor.numel() == 0) continue;
    EXPECT_EQ(std::memcmp(tensor.data_ptr(), original->second.contiguous().data_ptr(), tensor.nbytes()), 0) << name;
  }
}

TEST(Safetensors, EveryTensorIsAligned) {
  TemporaryFolder folder;
  write_safetensors(folder.path() / "a.safetensors", {{{"byte", torch::zeros(3, torch::kUInt8)},
                                                       {"wide", torch::zeros(2, torch::kFloat64)},
                                                       {"half", torch::zeros(1, torch::kFloat16)}},
                                                      {}});
  const auto bytes = read_bytes(folder.path() / "a.safetensors");
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0u);
  const auto file = SafetensorsFile::parse(bytes, "a");
  EXPECT_EQ(file.tensors()[0].name, "wide");
  EXPECT_EQ(file.tensors()[1].name, "half");
}

TEST(Safetensors, RefusesTwoTensorsOfOneName) {
  TemporaryFolder folder;
  EXPECT_THROW(write_safetensors(folder.path() / "a", {{{"x", torch::zeros(1)}, {"x", torch::ones(1)}}, {}}), Error);
  EXPECT_THROW(read_safetensors(folder.path() / "absent"), Error);
}

}  // namespace mien
