// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/c_api.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "mien/base/files.h"
#include "mien/runtime/install_test/small_network.h"
#include "mien/testing/golden.h"

extern "C" int run_in_c(const void* bytes, size_t size, const int64_t* shape, size_t rank, const float* pixels, float* values,
                        size_t capacity);

namespace mien {
namespace {

fs::path network_file() { return testing::source_folder() / "src/mien/runtime/install_test/small_network.onnx"; }

std::array<float, small_network_pixels> pixels() {
  std::array<float, small_network_pixels> values{};
  small_network_fill(values.data());
  return values;
}

/// A loaded network and a session of it.
struct CApi : ::testing::Test {
  void SetUp() override {
    ASSERT_EQ(mien_model_load(network_file().c_str(), MIEN_FP32, 1, &model), 0) << mien_last_error();
    ASSERT_EQ(mien_session_create(model, &session), 0) << mien_last_error();
  }
  void TearDown() override {
    mien_session_free(session);
    mien_model_free(model);
  }
  mien_model* model = nullptr;
  mien_session* session = nullptr;
};

TEST_F(CApi, TellsWhatTheModelIs) {
  EXPECT_EQ(mien_model_input_count(model), 1u);
  EXPECT_EQ(mien_model_output_count(model), 1u);
  EXPECT_STREQ(mien_model_input_name(model, 0), "image");
  EXPECT_STREQ(mien_model_output_name(model, 0), "logits");
  EXPECT_EQ(mien_model_input_name(model, 1), nullptr);
  EXPECT_EQ(mien_model_output_name(model, 7), nullptr);
  EXPECT_STREQ(mien_model_metadata(model, "fixture"), "small network");
  EXPECT_EQ(mien_model_metadata(model, "nothing"), nullptr);
  EXPECT_EQ(mien_model_precision(model), MIEN_FP32);
  EXPECT_STREQ(mien_version(), MIEN_TEST_VERSION);
}

TEST_F(CApi, WritesNoMoreOfAShapeThanThereIsRoomFor) {
  std::array<std::int64_t, 5> shape = {9, 9, 9, 9, 9};
  EXPECT_EQ(mien_model_input_shape(model, 0, shape.data(), 2), 4);
  EXPECT_EQ(shape, (std::array<std::int64_t, 5>{-1, 1, 9, 9, 9}));
  EXPECT_EQ(mien_model_input_shape(model, 0, shape.data(), 5), 4);
  EXPECT_EQ(shape, (std::array<std::int64_t, 5>{-1, 1, 8, 8, 9}));
  EXPECT_EQ(mien_model_input_shape(model, 0, nullptr, 0), 4);
  EXPECT_EQ(mien_model_input_shape(model, 1, shape.data(), 5), -1);
  EXPECT_NE(std::string(mien_last_error()).find("no input 1"), std::string::npos);
}

TEST_F(CApi, GivesTheNumbersOfOnnxRuntime) {
  const auto values = pixels();
  const mien_tensor input{MIEN_F32, 4, small_network_shape, values.data()};
  ASSERT_EQ(mien_session_run(session, &input, 1), 0) << mien_last_error();
  mien_tensor output;
  ASSERT_EQ(mien_session_output(session, 0, &output), 0);
  ASSERT_EQ(output.rank, 2u);
  EXPECT_EQ(output.type, MIEN_F32);
  EXPECT_EQ(output.shape[0], 2);
  EXPECT_EQ(output.shape[1], 3);
  for (int i = 0; i < small_network_logits; ++i)
    EXPECT_NEAR(static_cast<const float*>(output.data)[i], small_network_expected[i], 1e-5);
  EXPECT_EQ(mien_session_output(session, 1, &output), -1);
  EXPECT_NE(std::string(mien_last_error()).find("no output 1"), std::string::npos);
}

TEST_F(CApi, RefusesInputsThatDoNotFitAndGoesOn) {
  const auto values = pixels();
  mien_tensor output;
  EXPECT_EQ(mien_session_output(session, 0, &output), -1);
  EXPECT_NE(std::string(mien_last_error()).find("not run yet"), std::string::npos);
  const std::int64_t odd_shape[4] = {2, 3, 8, 8};
  const mien_tensor bad[] = {{MIEN_F32, 4, odd_shape, values.data()},
                             {MIEN_I64, 4, small_network_shape, values.data()},
                             {MIEN_F32, 4, small_network_shape, nullptr},
                             {MIEN_F32, 4, nullptr, values.data()},
                             {static_cast<mien_type>(77), 4, small_network_shape, values.data()}};
  for (const mien_tensor& input : bad) {
    EXPECT_EQ(mien_session_run(session, &input, 1), -1);
    EXPECT_STRNE(mien_last_error(), "");
  }
  EXPECT_EQ(mien_session_run(session, bad, 0), -1);
  EXPECT_EQ(mien_session_run(session, nullptr, 1), -1);
  const mien_tensor good{MIEN_F32, 4, small_network_shape, values.data()};
  EXPECT_EQ(mien_session_run(session, &good, 1), 0) << mien_last_error();
  EXPECT_STREQ(mien_last_error(), "");
}

/// A count that is wrong is refused before anything behind the first input is read, and a rank before the shape is.
TEST_F(CApi, ReadsNothingThatIsNotThere) {
  const auto values = pixels();
  const auto input = std::make_unique<mien_tensor>(mien_tensor{MIEN_F32, 4, small_network_shape, values.data()});
  for (const std::size_t count : {std::size_t{0}, std::size_t{2}, std::size_t{1000}, SIZE_MAX}) {
    EXPECT_EQ(mien_session_run(session, input.get(), count), -1) << count;
    EXPECT_NE(std::string(mien_last_error()).find("the network has 1"), std::string::npos) << mien_last_error();
  }
  const auto one_dim = std::make_unique<std::int64_t>(128);
  for (const std::size_t rank : {std::size_t{0}, std::size_t{3}, std::size_t{5}, std::size_t{100}, SIZE_MAX}) {
    const mien_tensor odd{MIEN_F32, rank, one_dim.get(), values.data()};
    EXPECT_EQ(mien_session_run(session, &odd, 1), -1) << rank;
    EXPECT_NE(std::string(mien_last_error()).find("the network takes 4"), std::string::npos) << mien_last_error();
  }
  EXPECT_EQ(mien_session_run(session, nullptr, 0), -1);
  const std::int64_t negative[] = {-2, 1, 8, 8}, huge[] = {INT64_MAX, 1, 8, 8};
  for (const auto* shape : {negative, huge}) {
    const mien_tensor odd{MIEN_F32, 4, shape, values.data()};
    EXPECT_EQ(mien_session_run(session, &odd, 1), -1);
    EXPECT_STRNE(mien_last_error(), "");
  }
  mien_tensor output;
  EXPECT_EQ(mien_session_output(session, 0, &output), -1);
  EXPECT_EQ(mien_session_output(session, 0, nullptr), -1);
  EXPECT_EQ(mien_session_run(session, input.get(), 1), 0) << mien_last_error();
  EXPECT_EQ(mien_session_output(session, SIZE_MAX, &output), -1);
  EXPECT_EQ(mien_session_output(session, 0, nullptr), -1);
}

TEST_F(CApi, AsksNothingOfWhatIsNotThere) {
  EXPECT_EQ(mien_model_input_name(model, SIZE_MAX), nullptr);
  EXPECT_EQ(mien_model_output_name(model, SIZE_MAX), nullptr);
  EXPECT_EQ(mien_model_metadata(model, nullptr), nullptr);
  std::int64_t dim = 0;
  EXPECT_EQ(mien_model_input_shape(nullptr, 0, &dim, 1), -1);
  EXPECT_EQ(mien_model_input_shape(model, SIZE_MAX, &dim, 1), -1);
  EXPECT_EQ(mien_model_input_shape(model, 0, nullptr, 1), -1);
  EXPECT_EQ(mien_session_create(model, nullptr), -1);
  mien_model* other = nullptr;
  EXPECT_EQ(mien_model_parse("", 0, MIEN_FP32, 1, &other), -1);
  EXPECT_EQ(mien_model_parse("x", 1, static_cast<mien_precision>(-1), 1, &other), -1);
  EXPECT_EQ(mien_model_parse("x", 1, MIEN_FP32, -1, &other), -1);
  EXPECT_EQ(mien_model_parse("x", 1, MIEN_FP32, 1, nullptr), -1);
  EXPECT_EQ(other, nullptr);
}

TEST_F(CApi, ASessionKeepsItsModelAlive) {
  mien_model_free(model);
  model = nullptr;
  const auto values = pixels();
  const mien_tensor input{MIEN_F32, 4, small_network_shape, values.data()};
  EXPECT_EQ(mien_session_run(session, &input, 1), 0) << mien_last_error();
}

TEST(CApiErrors, NoExceptionEscapesAndEveryThreadHasItsOwnText) {
  mien_model* model = reinterpret_cast<mien_model*>(1);
  EXPECT_EQ(mien_model_load("none.onnx", MIEN_FP32, 0, &model), -1);
  EXPECT_EQ(model, nullptr);
  const std::string here = mien_last_error();
  EXPECT_NE(here.find("none.onnx"), std::string::npos) << here;
  std::thread([] { EXPECT_STREQ(mien_last_error(), ""); }).join();
  EXPECT_EQ(mien_last_error(), here);
  EXPECT_EQ(mien_model_parse("rubbish", 7, MIEN_FP32, 0, &model), -1);
  EXPECT_EQ(mien_model_parse(nullptr, 7, MIEN_FP32, 0, &model), -1);
  EXPECT_EQ(mien_model_load(network_file().c_str(), MIEN_FP32, 0, nullptr), -1);
  EXPECT_EQ(mien_model_load(network_file().c_str(), static_cast<mien_precision>(9), 0, &model), -1);
  EXPECT_EQ(mien_model_load(network_file().c_str(), MIEN_FP32, -1, &model), -1);
  EXPECT_EQ(mien_model_load(nullptr, MIEN_FP32, 0, &model), -1);
  mien_session* session = nullptr;
  EXPECT_EQ(mien_session_create(nullptr, &session), -1);
  EXPECT_EQ(mien_session_run(nullptr, nullptr, 0), -1);
  EXPECT_EQ(mien_session_output(nullptr, 0, nullptr), -1);
}

TEST(CApiErrors, NullObjectsAreEmpty) {
  mien_model_free(nullptr);
  mien_session_free(nullptr);
  EXPECT_EQ(mien_model_input_count(nullptr), 0u);
  EXPECT_EQ(mien_model_output_count(nullptr), 0u);
  EXPECT_EQ(mien_model_input_name(nullptr, 0), nullptr);
  EXPECT_EQ(mien_model_metadata(nullptr, "x"), nullptr);
  EXPECT_EQ(mien_model_precision(nullptr), MIEN_AUTO);
}

TEST(CApiFromC, RunsANetwork) {
  const auto bytes = read_bytes(network_file());
  const auto values = pixels();
  float logits[small_network_logits] = {};
  ASSERT_EQ(run_in_c(bytes.data(), bytes.size(), small_network_shape, 4, values.data(), logits, small_network_logits),
            small_network_logits)
      << mien_last_error();
  for (int i = 0; i < small_network_logits; ++i) EXPECT_NEAR(logits[i], small_network_expected[i], 1e-5);
  EXPECT_EQ(run_in_c(bytes.data(), bytes.size() / 2, small_network_shape, 4, values.data(), logits, small_network_logits), -1);
}

}  // namespace
}  // namespace mien
