// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/locations.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien::cli {

namespace fs = std::filesystem;

std::vector<fs::path> data_folders(const std::string& kind) {
  std::vector<fs::path> folders{kind};
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share" / "mien" / kind);
  std::vector<fs::path> present;
  for (const auto& folder : folders)
    if (fs::is_directory(folder, error)) present.push_back(folder);
  return present;
}

fs::path find_installed(const std::string& kind, const std::string& name, const std::string& extension) {
  std::error_code error;
  if (fs::is_regular_file(name, error)) return name;
  std::vector<std::string> known;
  for (const auto& folder : data_folders(kind)) {
    for (const auto& candidate : {folder / name, folder / (name + extension)})
      if (fs::is_regular_file(candidate, error)) return candidate;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == extension) known.push_back(entry.path().stem().string());
  }
  std::sort(known.begin(), known.end());
  throw Error(ErrorCode::not_found, fmt::format("no file '{}', and nothing of that name among the {}", name, kind),
              known.empty() ? "Give the path of a file." : suggestion(fs::path(name).stem().string(), known));
}

std::string landmark_model_file(const std::string& given) {
  if (given == "dlib") return "";
  if (!given.empty()) return given;
  for (const auto& folder : data_folders("models"))
    if (fs::exists(folder / "mien-landmarks68.onnx")) return (folder / "mien-landmarks68.onnx").string();
  return "";
}

}  // namespace mien::cli
