// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/confusion_files.h"

#include <fmt/format.h>

#include <numeric>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"

namespace mien {
namespace {

std::string confusion_csv(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names, bool normalized) {
  std::vector<std::string> header{normalized ? "rows = true class; columns = predicted class; share of the row"
                                             : "rows = true class; columns = predicted class; images"};
  header.insert(header.end(), names.begin(), names.end());
  std::string text = csv_line(header);
  for (std::size_t r = 0; r < names.size(); ++r) {
    const auto sum = std::accumulate(confusion[r].begin(), confusion[r].end(), std::int64_t{0});
    std::vector<std::string> fields{names[r]};
    for (const auto count : confusion[r]) {
      if (!normalized)
        fields.push_back(std::to_string(count));
      else
        fields.push_back(sum > 0 ? fmt::format("{:.6f}", static_cast<double>(count) / static_cast<double>(sum)) : "");
    }
    text += csv_line(fields);
  }
  return text;
}

}  // namespace

std::string write_confusion_files(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names,
                                  const std::filesystem::path& folder, const std::string& gnuplot) {
  const auto stem = [](bool normalized) { return std::string("confusion_matrix") + (normalized ? "_normalized" : ""); };
  for (const bool normalized : {false, true})
    write_atomically(folder / (stem(normalized) + ".csv"), confusion_csv(confusion, names, normalized));
  std::vector<std::string> notes;
  if (plotting_available(gnuplot))
    for (const bool normalized : {false, true}) {
      const fs::path png = folder / (stem(normalized) + ".png");
      notes.push_back(write_or_say(png, [&] { plot_confusion(confusion, names, normalized, png, gnuplot); }));
    }
  return joined_notes(notes);
}

}  // namespace mien
