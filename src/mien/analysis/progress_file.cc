// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/progress_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien {

void save_progress(const AnalysisProgress& p, const fs::path& folder) {
  const nlohmann::ordered_json j{{"source", p.source},
                                 {"journal_bytes", p.journal_bytes},
                                 {"analysed", p.position.analysed},
                                 {"last_frame", p.position.last_frame},
                                 {"last_time_s", p.position.last_time_s},
                                 {"people", p.people}};
  write_atomically(folder / "progress.json", json_text(j) + "\n");
}

std::optional<AnalysisProgress> load_progress(const fs::path& folder) {
  const fs::path file = folder / "progress.json";
  if (!fs::exists(file)) return std::nullopt;
  try {
    const auto j = parse_json(read_text(file), file.string() + ": damaged", "Start the analysis anew in another folder.");
    AnalysisProgress p;
    p.source = j.at("source");
    p.journal_bytes = j.at("journal_bytes");
    p.position = {j.at("analysed"), j.at("last_frame"), j.at("last_time_s")};
    p.people = j.at("people");
    return p;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_file, fmt::format("{}: damaged: {}", file.string(), error.what()), "Start the analysis anew in another folder.");
  }
}

}  // namespace mien
