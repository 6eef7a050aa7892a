// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mien/base/shipped_files.h"

namespace mien {

/// The weights that a path means: a file, or a run folder's weights/best.safetensors. Throws Error{not_found}.
std::filesystem::path find_weights(const std::filesystem::path& file_or_run);

/// True for names that end in .onnx.
bool is_onnx(const std::filesystem::path& file);

/// The ONNX file that a path means: an .onnx file itself, else the one of the same name beside the weights. Throws
/// Error{not_found} that says how to make it.
std::filesystem::path find_onnx(const std::filesystem::path& file_or_run);

/// Name, without ending, of the expression weights that come with mien and answer where none are named.
inline constexpr const char* default_weights = "mien-ferplus";

/// The weights that answer when the user gave `given`: that, else the ones that come with mien with the first of `endings` (".onnx",
/// ".safetensors") that one of the places has. Throws Error{not_found} that says where was looked.
std::filesystem::path weights_or_default(const std::string& given, const std::vector<std::string>& endings, const ModelPlaces& places);

}  // namespace mien
