// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mien/nn/network.h"
#include "mien/nn/weights.h"
#include "mien/testing/golden.h"

// Shared by the tests of this folder: filling modules by the rule of the golden values, and comparing.
namespace mien::testing {

inline torch::Tensor filled(const std::string& name, const std::vector<std::int64_t>& shape, const std::string& kind,
                            double scale = 1) {
  const auto values = fill(name, shape, kind, scale);
  return torch::tensor(values, torch::kFloat32).reshape(shape);
}
inline torch::Tensor filled(const nlohmann::json& entry) {
  return filled(entry.at("name"), entry.at("shape").get<std::vector<std::int64_t>>(), entry.at("kind"),
                entry.value("scale", 1.0));
}

/// Checks keys and shapes, in order, against the entries of a golden key list, and fills them.
inline void fill_module(torch::nn::Module& module, const nlohmann::json& entries) {
  torch::NoGradGuard no_grad;
  const State state = state_of(module);
  ASSERT_EQ(state.tensors.size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& [key, tensor] = state.tensors[i];
    const auto shape = entries[i].at(1).get<std::vector<std::int64_t>>();
    ASSERT_EQ(key, entries[i].at(0).get<std::string>());
    ASSERT_EQ(tensor.sizes().vec(), shape) << key;
    const std::string source = entries[i].size() > 3 ? entries[i].at(3).get<std::string>() : key;
    torch::Tensor target = tensor;
    target.copy_(filled(source, shape, entries[i].at(2)));
  }
}

inline torch::Tensor tensor_of(const nlohmann::json& rows) {
  std::vector<double> flat;
  for (const auto& row : rows) {
    const auto values = row.get<std::vector<double>>();
    flat.insert(flat.end(), values.begin(), values.end());
  }
  return torch::tensor(flat, torch::kFloat64).reshape({static_cast<std::int64_t>(rows.size()), -1});
}

/// |got - expected| <= atol + rtol |expected|, element by element.
inline void expect_close(const torch::Tensor& got, const torch::Tensor& expected, double rtol, double atol,
                         const std::string& what) {
  ASSERT_EQ(got.sizes(), expected.sizes()) << what;
  const auto difference = (got.detach().to(torch::kFloat64) - expected).abs();
  const auto excess = (difference - atol - rtol * expected.abs()).max().item<double>();
  EXPECT_LE(excess, 0) << what << ": largest difference " << difference.max().item<double>();
}

inline void expect_near(double got, double expected, double rtol, double atol, const std::string& what) {
  EXPECT_LE(std::abs(got - expected), atol + rtol * std::abs(expected)) << what << ": got " << got << ", expected " << expected;
}

/// Shape, mean, population standard deviation, mean absolute value and first values.
inline void expect_summary(const torch::Tensor& tensor, const nlohmann::json& summary, double rtol, double atol,
                           const std::string& what) {
  ASSERT_EQ(tensor.sizes().vec(), summary.at("shape").get<std::vector<std::int64_t>>()) << what;
  const auto t = tensor.detach().to(torch::kFloat64).flatten();
  expect_near(t.mean().item<double>(), summary.at("mean"), rtol, atol, what + " mean");
  expect_near(t.std(false).item<double>(), summary.at("std"), rtol, atol, what + " std");
  expect_near(t.abs().mean().item<double>(), summary.at("mean_abs"), rtol, atol, what + " mean_abs");
  const auto first = summary.at("first").get<std::vector<double>>();
  for (std::size_t i = 0; i < first.size(); ++i)
    expect_near(t[static_cast<std::int64_t>(i)].item<double>(), first[i], rtol, atol, what + " first[" + std::to_string(i) + "]");
}

}  // namespace mien::testing
