// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "onnx/onnx_pb.h"

namespace mien::graph {

/// The files beside a model that hold the data of its large tensors.
class ExternalData {
 public:
  /// @param folder  of the model; empty: external data are refused
  /// @param max_bytes  of all tensors together
  ExternalData(std::filesystem::path folder, std::uint64_t max_bytes) : folder_(std::move(folder)), max_bytes_(max_bytes) {}

  /// The bytes of a tensor that is `expected` bytes long. Throws Error{bad_file} when the entry names a place outside the model's
  /// folder (symbolic links resolved), or other bytes than the file has; Error{not_found}, Error{io}.
  std::string read(const ::onnx::TensorProto& tensor, std::uint64_t expected);

 private:
  std::filesystem::path resolve(const std::string& location) const;
  void count(const std::filesystem::path& file, std::uint64_t file_size, std::uint64_t bytes);

  std::filesystem::path folder_;
  std::uint64_t max_bytes_;
  std::uint64_t total_ = 0;
  std::map<std::filesystem::path, std::uint64_t> read_;  ///< bytes read of each file
};

}  // namespace mien::graph
