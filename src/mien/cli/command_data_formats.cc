// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/data/catalogue.h"

namespace mien::cli {

namespace {

std::string formats_text() {
  std::string out;
  for (const auto& format : dataset_formats()) {
    out += fmt::format("{}\n    {}\n", format.name, format.summary);
    for (const auto& line : split(format.layout, '\n')) out += fmt::format("    {}\n", line);
    out += '\n';
  }
  return out + "Name a data set as FORMAT:PATH.\n";
}

std::string formats_json() {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& f : dataset_formats()) out.push_back({{"name", f.name}, {"summary", f.summary}, {"layout", f.layout}});
  return json_text(out, 2);
}

std::string formats_csv() {
  std::string out = csv_line({"name", "summary", "layout"});
  for (const auto& f : dataset_formats()) out += csv_line({f.name, f.summary, f.layout});
  return out;
}

}  // namespace

void add_data_formats_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand("formats", "List the formats and the layout that each expects");
  command->callback([&session] {
    session.action = [&session] {
      print_result(session.json() ? formats_json() : session.csv() ? formats_csv() : formats_text());
      return 0;
    };
  });
}

}  // namespace mien::cli
