// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/nn/model_tools.h"

namespace mien::cli {

/// What an ONNX file holds, as summarize_weights says it of weights files. Parameters are the float numbers of the file, where
/// batch norms are folded; multiply-adds are counted for one image. Throws what reading the file throws.
WeightsSummary summarize_onnx(const std::filesystem::path& file);

}  // namespace mien::cli
