// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

// Free of libtorch in its interface.
namespace mien::exporting {

/// Writes a network of the catalogue (3 channels, 8 classes, the size it was made for, any batch size) with random weights as an
/// ONNX file: enough to measure speed. Throws Error{usage} for an unknown architecture, and what export_graph throws.
void write_random_model(const std::string& arch, std::uint64_t seed, const std::filesystem::path& file);

}  // namespace mien::exporting
