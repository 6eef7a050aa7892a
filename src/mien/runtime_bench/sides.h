// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mien/runtime_bench/child.h"

namespace mien::runtime_bench {

namespace fs = std::filesystem;

/// ONNX Runtime's npm package, and the script that speaks for it.
struct OnnxRuntime {
  fs::path package;
  std::string version;
  fs::path script;  ///< scripts/bench_onnxruntime.mjs
};

/// `folder` is the package's folder or one that holds node_modules/onnxruntime-node; empty: the present folder. nullopt when
/// there is none; Error{not_found} when a folder was named and holds none. The script is left for the caller to fill in.
std::optional<OnnxRuntime> find_onnxruntime(const fs::path& folder);

/// One of the programs that are measured beside each other: what runs the network, and how.
struct Side {
  std::string program;    ///< "mien" or "onnxruntime"
  std::string precision;  ///< "fp32", "bf16", "int8"
  std::unique_ptr<Child> child;
  std::string name() const { return program + " " + precision; }
};

/// The command that starts our side: the program itself with its hidden sub-command.
using WorkerCommand = std::vector<std::string>;

Side make_side(const WorkerCommand& worker, const std::string& precision);
Side make_side(const OnnxRuntime& onnxruntime);

}  // namespace mien::runtime_bench
