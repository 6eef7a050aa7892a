// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Every case of fixtures/GROUP/NAME.{onnx,bin}: inferred types equal those of ONNX Runtime's outputs, and so do the values
// within the case's tolerance. scripts/make_operator_fixtures.py makes the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/operators/operators.h"
#include "mien/testing/golden.h"

namespace mien::operators {
namespace {

struct Fixture {
  std::map<std::string, Tensor> inputs;
  std::vector<Tensor> outputs;
  double tolerance = 0;
};

DataType type_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(DataType::boolean); ++i)
    if (graph::name_of(static_cast<DataType>(i)) == name) return static_cast<DataType>(i);
  throw std::invalid_argument("no type '" + name + "'");
}

Fixture read_fixture(const fs::path& file) {
  const auto bytes = read_bytes(file);
  const auto end = std::find(bytes.begin(), bytes.end(), '\n');
  const auto header = nlohmann::json::parse(bytes.begin(), end);
  auto at = end + 1;
  const auto next = [&](const nlohmann::json& entry) {
    Tensor tensor(type_named(entry.at("type")), entry.at("dims").get<Dims>());
    if (static_cast<std::size_t>(bytes.end() - at) < tensor.bytes()) throw std::out_of_range(file.string() + " is cut short");
    if (tensor.bytes() > 0) std::memcpy(tensor.raw(), &*at, tensor.bytes());
    at += static_cast<std::ptrdiff_t>(tensor.bytes());
    return tensor;
  };
  Fixture fixture;
  for (const auto& entry : header.at("inputs")) fixture.inputs[entry.at("name")] = next(entry);
  for (const auto& entry : header.at("outputs")) fixture.outputs.push_back(next(entry));
  fixture.tolerance = header.at("tolerance");
  EXPECT_EQ(at, bytes.end());
  return fixture;
}

void expect_equal(const Tensor& found, const Tensor& expected, double tolerance, const std::string& where) {
  ASSERT_EQ(found.type(), expected.type()) << where;
  ASSERT_EQ(found.dims(), expected.dims()) << where;
  if (expected.type() != DataType::f32) {
    ASSERT_EQ(found.integers(), expected.integers()) << where;
    return;
  }
  double largest = 0;
  for (const float value : expected.values<float>())
    if (std::isfinite(value)) largest = std::max(largest, std::abs(static_cast<double>(value)));
  for (std::size_t i = 0; i < expected.values<float>().size(); ++i) {
    const double a = found.values<float>()[i], b = expected.values<float>()[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    ASSERT_LE(std::abs(a - b), tolerance * std::max(std::abs(b), largest / 8))
        << where << " [" << i << "]: " << a << ", not " << b;
  }
}

/// Runs the nodes one after the other; the case's inputs and the model's initialisers are the values known at first.
void check_case(const fs::path& model) {
  const auto graph = graph::read_onnx(model);
  auto fixture = read_fixture(fs::path(model).replace_extension(".bin"));
  std::map<graph::ValueId, Tensor> values;
  for (const auto& port : graph.inputs) values[port.value] = fixture.inputs.at(graph.values[port.value].name);
  for (const Node& node : graph.nodes) {
    std::vector<const Tensor*> inputs, constants;
    std::vector<std::optional<TensorType>> types;
    for (const auto id : node.inputs) {
      const auto known = values.find(id);
      const Tensor* constant = graph.constant(id);
      constants.push_back(constant);
      inputs.push_back(known != values.end() ? &known->second : constant);
      if (inputs.back())
        types.push_back(TensorType{inputs.back()->type(), inputs.back()->dims()});
      else
        types.emplace_back();
    }
    const auto inferred = infer_types(node, graph.opset, types, constants);
    const auto outputs = evaluate(node, graph.opset, inputs);
    ASSERT_EQ(outputs.size(), inferred.size()) << model;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_EQ(inferred[i].dims, outputs[i].dims()) << model;
      EXPECT_EQ(inferred[i].type, outputs[i].type()) << model;
      if (node.outputs[i] != graph::no_value) values[node.outputs[i]] = outputs[i];
    }
  }
  ASSERT_EQ(graph.outputs.size(), fixture.outputs.size());
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor* constant = graph.constant(graph.outputs[i].value);
    expect_equal(constant ? *constant : values.at(graph.outputs[i].value), fixture.outputs[i], fixture.tolerance,
                 model.filename().string() + " output " + std::to_string(i));
  }
}

std::vector<fs::path> fixture_models() {
  std::vector<fs::path> models;
  for (const auto& entry : fs::recursive_directory_iterator(testing::source_folder() / "src/mien/operators/fixtures"))
    if (entry.path().extension() == ".onnx") models.push_back(entry.path());
  std::sort(models.begin(), models.end());
  return models;
}

std::string test_name(const fs::path& model) {
  std::string name = model.parent_path().filename().string() + "_" + model.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

class OperatorFixture : public ::testing::TestWithParam<fs::path> {};

TEST_P(OperatorFixture, EqualsOnnxRuntime) { check_case(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, OperatorFixture, ::testing::ValuesIn(fixture_models()),
                         [](const auto& info) { return test_name(info.param); });

}  // namespace
}  // namespace mien::operators
