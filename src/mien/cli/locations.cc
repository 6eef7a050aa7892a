// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/locations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien::cli {

namespace fs = std::filesystem;

ModelPlaces model_places(const Session& session, const std::string& weights) {
  const char* variable = std::getenv("MIEN_MODELS");
  return {session.models.empty() && variable != nullptr ? std::string(variable) : session.models, weights};
}

fs::path find_installed(const std::string& kind, const std::string& name, const std::string& extension) {
  std::error_code error;
  if (fs::is_regular_file(name, error)) return name;
  std::vector<std::string> known;
  for (const auto& folder : shipped_folders(kind)) {
    for (const auto& candidate : {folder / name, folder / (name + extension)})
      if (fs::is_regular_file(candidate, error)) return candidate;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == extension) known.push_back(entry.path().stem().string());
  }
  std::sort(known.begin(), known.end());
  throw Error(ErrorCode::not_found, fmt::format("no file '{}', and nothing of that name among the {}", name, kind),
              known.empty() ? "Give the path of a file." : suggestion(fs::path(name).stem().string(), known));
}

}  // namespace mien::cli
