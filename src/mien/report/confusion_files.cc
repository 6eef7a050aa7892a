// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/confusion_files.h"

#include <fmt/format.h>

#include <numeric>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/report/plots.h"

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

void write_confusion_files(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names,
                           const std::filesystem::path& folder, const std::string& gnuplot) {
  const bool plots = plotting_available(gnuplot);
  for (const bool normalized : {false, true}) {
    const std::string stem = normalized ? "confusion_matrix_normalized" : "confusion_matrix";
    write_atomically(folder / (stem + ".csv"), confusion_csv(confusion, names, normalized));
    if (plots) plot_confusion(confusion, names, normalized, folder / (stem + ".png"), gnuplot);
  }
}

}  // namespace mien
