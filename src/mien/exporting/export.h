// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/exporting/export_options.h"
#include "mien/model_info/weights_info.h"

// What `mien export` does, free of libtorch in its interface.
namespace mien::exporting {

struct ExportSummary {
  WeightsInfo info;
  std::uintmax_t bytes = 0;  ///< size of the file
  std::size_t nodes = 0, initializers = 0;
  std::string input;                 ///< "input f32 [batch,3,48,48]"
  std::vector<std::string> outputs;  ///< "logits f32 [batch,8]"
};

/// Throws Error{not_found}, Error{usage} when no file of that name can be written: its folder is missing, or it is a folder.
void check_output(const std::filesystem::path& output);

/// Writes the network of a weights file or run folder as an ONNX file. Throws as `export_graph` does, Error{not_found} when
/// the weights or the folder of `output` are missing, Error{bad_file} for weights without a description.
ExportSummary export_weights(const std::filesystem::path& weights, const std::filesystem::path& output,
                             const ExportOptions& options);

}  // namespace mien::exporting
