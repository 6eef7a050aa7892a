// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mien::exporting {

/// Where ONNX Runtime is: nothing of it is linked, Node runs it as another program.
struct OnnxRuntimeProgram {
  std::filesystem::path package;  ///< folder of the npm package onnxruntime-node
  std::filesystem::path script;   ///< scripts/run_onnxruntime.mjs
  std::string node = "node";      ///< the program, looked for on the path
};

/// A float32 answer of ONNX Runtime.
struct RuntimeOutput {
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

/// Runs `model` once on an input of this shape. Outputs by name. Throws Error{not_found} when package, script or model are
/// missing, Error{bad_data} with what Node or ONNX Runtime said when they fail.
std::map<std::string, RuntimeOutput> run_onnxruntime(const OnnxRuntimeProgram& program, const std::filesystem::path& model,
                                                     const std::vector<std::int64_t>& shape, const std::vector<float>& input);

}  // namespace mien::exporting
