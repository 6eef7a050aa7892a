// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mien::testing {

/// The folder of reference values and data beside the checkout, or the one named by MIEN_SHARED; nullopt when there is
/// none. Tests that need it skip with a reason.
std::optional<std::filesystem::path> shared_folder();

/// The repository's root.
std::filesystem::path source_folder();

/// A file below the golden folder ("losses/ldg.json"), parsed; nullopt when there is none.
std::optional<nlohmann::json> golden(const std::string& file);

/// The fill rule of the golden values: float32 values of a tensor from its name, shape and kind ("weight", "input_pm1", ...).
std::vector<float> fill(const std::string& name, const std::vector<std::int64_t>& shape, const std::string& kind, double scale = 1);

/// As above from an entry {"name","shape","kind"[,"scale"]}.
std::vector<float> fill(const nlohmann::json& entry);
/// The "uint8" kind: floor(256 u), images as row, column, channel.
std::vector<std::uint8_t> fill_bytes(const nlohmann::json& entry);

}  // namespace mien::testing

/// Skips the current test when the golden file is absent; else defines `variable` as the parsed JSON.
#define MIEN_GOLDEN_OR_SKIP(variable, file)                                             \
  const auto variable##_or_none = ::mien::testing::golden(file);                        \
  if (!variable##_or_none) GTEST_SKIP() << "needs the golden value file " << (file);    \
  const nlohmann::json& variable = *variable##_or_none
