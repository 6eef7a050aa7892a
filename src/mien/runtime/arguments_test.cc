// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Every public function of runtime.h with arguments that make no sense: an Error that says so, and the object works on.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "mien/graph/onnx_file.h"
#include "mien/runtime/rewrite/network_builder.h"
#include "mien/runtime/runtime.h"

namespace mien::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two inputs [N,4] and one of any shape.
std::string network() {
  NetworkBuilder n;
  const auto x = n.input({-1, 4}), y = n.input({-1, 4}), z = n.input({});
  n.graph.inputs[2].has_shape = false;
  n.output(n.node("Gemm", {n.node("Add", {x, y}), n.weights({4, 3})}));
  n.output(n.node("Relu", {z}));
  return graph::serialize_onnx(n.graph);
}

Model model_of(ModelOptions options = {Precision::fp32, 1}) {
  const auto bytes = network();
  return Model::parse(bytes.data(), bytes.size(), "two inputs", options);
}

constexpr float numbers[16] = {1, 2, 3, 4, 5, 6, 7, 8};

TensorView view(std::vector<std::int64_t> shape, const float* data = numbers) { return {std::move(shape), data}; }

template <typename Work>
std::string refusal(Work&& work, ErrorCode code = ErrorCode::usage) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "no mien::Error: " << error.what();
  }
  return "nothing was thrown";
}

/// Every way to give a session or a calibrator inputs that do not fit.
std::vector<std::pair<std::vector<TensorView>, std::string>> bad_inputs() {
  const auto good = view({2, 4}), any = view({3});
  TensorView no_type = good;
  no_type.type = static_cast<ElementType>(200);
  TensorView integers = good;
  integers.type = ElementType::i64;
  constexpr auto huge = std::numeric_limits<std::int64_t>::max();
  return {{{}, "0 inputs given, the network has 3"},
          {{good}, "1 inputs given"},
          {{good, good, any, any}, "4 inputs given"},
          {{good, no_type, any}, "'input1' holds unknown, the network takes f32"},
          {{good, integers, any}, "'input1' holds i64"},
          {{good, view({2, 4}, nullptr), any}, "'input1' has no data"},
          {{view({8}), good, any}, "'input0' has shape 8, the network takes -1x4"},
          {{view({}), good, any}, "'input0' has shape"},
          {{view({2, 2, 2}), good, any}, "2x2x2"},
          {{view({4, 2}), good, any}, "4x2"},
          {{view({-2, 4}), good, any}, "a dim is negative"},
          {{view({huge, 4}), good, any}, "more elements"},
          {{good, good, view({-1})}, "a dim is negative"},
          {{good, good, view({huge, huge})}, "more elements"},
          {{good, good, view(std::vector<std::int64_t>(1000, 1))}, "has 1000 dims"},
          {{good, good, view({2}, nullptr)}, "'input2' has no data"}};
}

TEST(Arguments, OfModelLoad) {
  EXPECT_THAT(refusal([] { Model::load("no such file.onnx"); }, ErrorCode::not_found), HasSubstr("no such file.onnx"));
  EXPECT_NE(refusal([] { Model::load(""); }, ErrorCode::not_found), "nothing was thrown");
  EXPECT_NE(refusal([] { Model::load("/"); }, ErrorCode::not_found), "nothing was thrown");
  EXPECT_THAT(refusal([] { Model::load("x.onnx", {static_cast<Precision>(9), 1}); }), HasSubstr("precision"));
  EXPECT_THAT(refusal([] { Model::load("x.onnx", {Precision::fp32, -1}); }), HasSubstr("threads is -1"));
}

TEST(Arguments, OfModelParse) {
  EXPECT_THAT(refusal([] { Model::parse(nullptr, 100); }), HasSubstr("null"));
  EXPECT_NE(refusal([] { Model::parse(nullptr, 0); }, ErrorCode::bad_file), "nothing was thrown");
  EXPECT_NE(refusal([] { Model::parse("rubbish", 7); }, ErrorCode::bad_file), "nothing was thrown");
  for (const double budget : {-1.0, std::nan("")}) {
    ModelOptions options{Precision::fp32, 1};
    options.budget = budget;
    EXPECT_THAT(refusal([&] { model_of(options); }), HasSubstr("budget"));
  }
  EXPECT_THAT(refusal([] { model_of({static_cast<Precision>(9), 1}); }), HasSubstr("precision"));
  EXPECT_THAT(refusal([] { model_of({Precision::fp32, -2}); }), HasSubstr("threads is -2"));
  EXPECT_EQ(model_of({Precision::fp32, 1, 0}).inputs().size(), 3u);  // no shape is kept longer than it runs
}

TEST(Arguments, OfAModelThatWasMovedFrom) {
  Model model = model_of();
  const Model taken = std::move(model);
  EXPECT_THAT(refusal([&] { model.inputs(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.outputs(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.metadata(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.precision(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.precision_reason(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.threads(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.weight_bytes(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { model.file_weight_bytes(); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { Session session(model); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { Calibrator calibrator(model); }), HasSubstr("moved from"));
  EXPECT_EQ(taken.inputs().size(), 3u);
}

TEST(Arguments, OfSessionRun) {
  Session session(model_of());
  for (const auto& [inputs, message] : bad_inputs()) EXPECT_THAT(refusal([&] { session.run(inputs); }), HasSubstr(message));
  const auto& outputs = session.run({view({2, 4}), view({2, 4}), view({3})});
  EXPECT_EQ(outputs.at(0).shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(outputs.at(1).values<float>()[2], 3);
  EXPECT_EQ(session.run({view({0, 4}, nullptr), view({0, 4}, nullptr), view({})}).at(0).size(), 0);
  Session other = std::move(session);
  EXPECT_THAT(refusal([&] { session.run({}); }), HasSubstr("moved from"));
  session = std::move(other);
  EXPECT_EQ(session.run({view({1, 4}), view({1, 4}), view({1})}).at(0).size(), 3);
}

TEST(Arguments, OfSessionProfile) {
  Session session(model_of());
  const std::vector<TensorView> good = {view({2, 4}), view({2, 4}), view({3})};
  for (const int rounds : {0, -1, std::numeric_limits<int>::min()})
    EXPECT_THAT(refusal([&] { session.profile(good, rounds); }), HasSubstr("one round or more"));
  for (const auto& [inputs, message] : bad_inputs())
    EXPECT_THAT(refusal([&] { session.profile(inputs, 1); }), HasSubstr(message));
  EXPECT_FALSE(session.profile(good, 1).empty());
  const Session other = std::move(session);
  EXPECT_THAT(refusal([&] { session.profile(good, 1); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { session.activation_bytes(); }), HasSubstr("moved from"));
  EXPECT_GT(other.activation_bytes(), 0u);
}

TEST(Arguments, OfACalibrator) {
  Calibrator calibrator(model_of());
  EXPECT_THAT(refusal([&] { calibrator.finish(); }), HasSubstr("nothing was observed"));
  for (const auto& [inputs, message] : bad_inputs()) EXPECT_THAT(refusal([&] { calibrator.add(inputs); }), HasSubstr(message));
  calibrator.add({view({2, 4}), view({2, 4}), view({3})});
  for (const double percentile : {0.0, -1.0, 1.5, std::nan("")})
    EXPECT_THAT(refusal([&] { calibrator.finish(percentile); }), HasSubstr("(0,1]"));
  EXPECT_THAT(calibrator.finish(1, {"no such node"}), HasSubstr("input0"));
  const Calibrator other = std::move(calibrator);
  EXPECT_THAT(refusal([&] { calibrator.add({}); }), HasSubstr("moved from"));
  EXPECT_THAT(refusal([&] { calibrator.finish(); }), HasSubstr("moved from"));
}

TEST(Arguments, OfATensorView) {
  constexpr auto huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(view({}).size(), 1);
  EXPECT_EQ(view({2, 3}).size(), 6);
  EXPECT_EQ(view({2, 0}).size(), 0);
  EXPECT_THAT(refusal([] { view({-1}).size(); }), HasSubstr("negative"));
  EXPECT_THAT(refusal([] { view({huge, 3}).size(); }), HasSubstr("too many"));
  EXPECT_THAT(refusal([] { view({2}).values<std::int64_t>(); }), HasSubstr("holds f32"));
}

TEST(Arguments, OfNames) {
  EXPECT_STREQ(name_of(static_cast<ElementType>(99)), "unknown");
  EXPECT_STREQ(name_of(static_cast<Precision>(99)), "unknown");
  EXPECT_NE(refusal([] { size_of(static_cast<ElementType>(99)); }), "nothing was thrown");
  EXPECT_THAT(refusal([] { precision_from(""); }), HasSubstr("unknown precision"));
}

/// What oneDNN, the standard library or the system throws leaves as an Error too.
TEST(Arguments, NothingButErrorLeavesASession) {
  ModelOptions options{Precision::fp32, 1};
  options.budget = 0;
  Session session(model_of(options));
  std::int64_t far_too_much = std::int64_t{1} << 46;
  EXPECT_THAT(refusal(
                  [&] {
                    session.run({view({far_too_much, 4}), view({far_too_much, 4}), view({1})});
                  },
                  ErrorCode::bad_file),
              Not(IsEmpty()));
}

}  // namespace
}  // namespace mien::runtime
