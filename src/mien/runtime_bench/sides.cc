// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/sides.h"

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien::runtime_bench {

std::optional<OnnxRuntime> find_onnxruntime(const fs::path& folder) {
  const fs::path base = folder.empty() ? fs::path(".") : folder;
  for (const fs::path& package : {base, base / "onnxruntime-node", base / "node_modules" / "onnxruntime-node"}) {
    const fs::path description = package / "package.json";
    if (!fs::exists(description)) continue;
    const auto json = try_parse_json(read_text(description)).value_or(nullptr);
    if (json.is_object() && json.value("name", "") == "onnxruntime-node")
      return OnnxRuntime{fs::absolute(package), json.value("version", ""), {}};
  }
  if (!folder.empty())
    throw Error(ErrorCode::not_found, folder.string() + ": holds no npm package onnxruntime-node",
                "npm install onnxruntime-node --ignore-scripts");
  return std::nullopt;
}

Side make_side(const WorkerCommand& worker, const std::string& precision) {
  return {"mien", precision, std::make_unique<Child>("mien " + precision, worker)};
}

Side make_side(const OnnxRuntime& onnxruntime) {
  return {
      "onnxruntime", "fp32",
      std::make_unique<Child>("onnxruntime", WorkerCommand{"node", onnxruntime.script.string(), onnxruntime.package.string()})};
}

}  // namespace mien::runtime_bench
