// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "mien/nn/torch.h"

namespace mien {

/// The tensors of a file that Python's torch.save wrote.
struct PytorchFile {
  std::string format{};  ///< "PyTorch zip" or "PyTorch legacy"
  std::string place{};   ///< where in the object the tensors were found: "" (top), "state_dict", ...
  std::vector<std::pair<std::string, torch::Tensor>> tensors{};
};

struct PytorchOptions {
  /// Objects of other types (recorders, optimizers, ...) beside the tensors are passed over instead of refused. They are never
  /// built in either case.
  bool pass_over_unknown = false;
};

/// Whether the bytes begin like a file of torch.save, zip or legacy.
bool looks_like_pytorch(const std::uint8_t* data, std::size_t size);
/// Whether they are a tar archive, the form of before version 0.1.10, which is refused.
bool is_old_pytorch_tar(const std::uint8_t* data, std::size_t size);

/// Reads tensors from bytes in either format: a safe subset of pickle is parsed, nothing is executed. The dictionary of tensors
/// may be the whole object or lie under "state_dict", "model_state_dict", "model_state", "model", "net", "weights" or "params".
/// Every storage, offset, size and stride is checked against the bytes present. Throws Error{bad_file} that names `origin`.
PytorchFile parse_pytorch(const std::vector<std::uint8_t>& bytes, const std::string& origin, const PytorchOptions& options = {});
PytorchFile read_pytorch(const std::filesystem::path& file, const PytorchOptions& options = {});

}  // namespace mien
