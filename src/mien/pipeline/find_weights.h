// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace mien {

/// The weights that a path means: a file, or a run folder's weights/best.safetensors. Throws Error{not_found}.
std::filesystem::path find_weights(const std::filesystem::path& file_or_run);

/// True for names that end in .onnx.
bool is_onnx(const std::filesystem::path& file);

/// The ONNX file that a path means: an .onnx file itself, else the one of the same name beside the weights. Throws
/// Error{not_found} that says how to make it.
std::filesystem::path find_onnx(const std::filesystem::path& file_or_run);

}  // namespace mien
