// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/predictions_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"

namespace mien {
namespace {

std::vector<std::string> header_of(const std::vector<std::string>& names) {
  std::vector<std::string> header{"image", "true", "predicted", "confidence"};
  for (const auto& name : names) header.push_back("p_" + name);
  for (const auto& name : names) header.push_back("logit_" + name);
  header.push_back("temperature");
  return header;
}

/// Positions of the columns that begin with `prefix`, and what follows it.
std::vector<int> columns_with(const CsvTable& table, const std::string& prefix, std::vector<std::string>& names) {
  std::vector<int> columns;
  names.clear();
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string name = trim(table.header[i]);
    if (name.rfind(prefix, 0) != 0) continue;
    columns.push_back(static_cast<int>(i));
    names.push_back(name.substr(prefix.size()));
  }
  return columns;
}

int class_of(const std::string& name, const std::vector<std::string>& names, const std::string& where) {
  const auto found = std::find(names.begin(), names.end(), trim(name));
  if (found == names.end())
    throw Error(ErrorCode::bad_file, fmt::format("{}: true class '{}' is not a class of the header", where, name),
                suggestion(name, names));
  return static_cast<int>(found - names.begin());
}

double temperature_of(const CsvTable& table) {
  const int column = table.column("temperature", false);
  if (column < 0) return 1;
  const double first = parse_real(table.rows[0][column], table.where(0));
  for (std::size_t row = 1; row < table.rows.size(); ++row)
    if (parse_real(table.rows[row][column], table.where(row)) != first)
      throw Error(ErrorCode::bad_file, fmt::format("{}: the temperature is not the same on all rows", table.where(row)));
  return first;
}

}  // namespace

void check_class_names(const std::vector<std::string>& class_names, int classes) {
  if (static_cast<int>(class_names.size()) != classes)
    throw Error(ErrorCode::bad_data, fmt::format("predictions of {} classes with {} class names", classes, class_names.size()));
  std::set<std::string> seen;
  for (const auto& name : class_names)
    if (!seen.insert(trim(name)).second) throw Error(ErrorCode::bad_data, fmt::format("two classes are called '{}'", name));
}

void write_predictions_csv(const Predictions& predictions, const std::vector<std::string>& class_names,
                           const std::filesystem::path& csv) {
  check_class_names(class_names, predictions.classes);
  const std::vector<int> predicted = predicted_classes(predictions);
  const std::vector<double> p = probabilities(predictions);
  const std::string temperature = fmt::format("{}", predictions.temperature);
  std::string text = csv_line(header_of(class_names));
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const std::size_t first = i * predictions.classes;
    std::vector<std::string> fields{predictions.ids.empty() ? std::to_string(i) : predictions.ids[i],
                                    class_names[predictions.labels[i]], class_names[predicted[i]],
                                    fmt::format("{:.6f}", p[first + predicted[i]])};
    for (int c = 0; c < predictions.classes; ++c) fields.push_back(fmt::format("{:.6f}", p[first + c]));
    for (int c = 0; c < predictions.classes; ++c) fields.push_back(fmt::format("{:.9g}", predictions.logits[first + c]));
    fields.push_back(temperature);
    text += csv_line(fields);
  }
  write_atomically(csv, text);
}

Predictions read_predictions_csv(const std::filesystem::path& csv, std::vector<std::string>& class_names) {
  const CsvTable table = read_own_csv(csv, true);
  bool logarithm = false;
  std::vector<int> columns = columns_with(table, "logit_", class_names);
  if (columns.empty()) {
    logarithm = true;
    columns = columns_with(table, "p_", class_names);
  }
  if (columns.empty())
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: no columns logit_<class> or p_<class>; found: {}", table.file, join(table.header, ", ")));
  if (table.rows.empty()) throw Error(ErrorCode::bad_file, fmt::format("{}: no predictions below the header", table.file));
  Predictions predictions;
  predictions.classes = static_cast<int>(class_names.size());
  const int image = table.column("image"), truth = table.column("true");
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    predictions.ids.push_back(table.rows[row][image]);
    predictions.labels.push_back(class_of(table.rows[row][truth], class_names, table.where(row)));
    for (const int column : columns) {
      const double value = parse_real(table.rows[row][column], table.where(row));
      predictions.logits.push_back(static_cast<float>(logarithm ? std::log(std::max(value, 1e-30)) : value));
    }
  }
  predictions.temperature = logarithm ? 1 : temperature_of(table);
  return predictions;
}

}  // namespace mien
