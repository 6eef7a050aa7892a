// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

/// Named tensors and the text entries of a safetensors file.
struct Safetensors {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a file into new CPU tensors of the stored types. Throws as SafetensorsFile::read does, and Error{bad_file} for types
/// that libtorch does not have (U16, U32, U64, 8-bit floats).
Safetensors read_safetensors(const std::filesystem::path& file);
/// The same from bytes; `origin` is named in errors.
Safetensors parse_safetensors(std::vector<std::uint8_t> bytes, const std::string& origin);

/// Writes the tensors, moved to the CPU and made contiguous, without changing a bit of them. Atomic.
void write_safetensors(const std::filesystem::path& file, const Safetensors& content);

}  // namespace mien
