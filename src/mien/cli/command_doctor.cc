// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/cli/commands.h"
#include "mien/cli/doctor.h"
#include "mien/cli/locations.h"
#include "mien/cli/version.h"

namespace mien::cli {

namespace {

const char* status_name(Finding::Status status) {
  switch (status) {
    case Finding::Status::ok: return "ok";
    case Finding::Status::note: return "note";
    default: return "warning";
  }
}

int count_warnings(const std::vector<Finding>& findings) {
  int n = 0;
  for (const auto& finding : findings) n += finding.status == Finding::Status::warning;
  return n;
}

std::string as_text(const std::vector<Finding>& findings) {
  std::string out = version_line() + "\n\n";
  for (const auto& f : findings) {
    const char* mark = f.status == Finding::Status::warning ? "!" : " ";
    out += fmt::format("{} {:<12} {}\n", mark, f.name, f.value);
    if (!f.advice.empty()) out += fmt::format("  {:<12} -> {}\n", "", f.advice);
  }
  const int warnings = count_warnings(findings);
  out += warnings == 0 ? "\nNothing is wrong.\n"
                       : fmt::format("\n{} thing{} to look at, marked '!'.\n", warnings, warnings == 1 ? "" : "s");
  return out;
}

std::string as_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const auto& f : findings)
    checks.push_back({{"name", f.name}, {"status", status_name(f.status)}, {"value", f.value}, {"advice", f.advice}});
  const nlohmann::ordered_json out{
      {"version", program_version()}, {"commit", program_commit()}, {"warnings", count_warnings(findings)}, {"checks", checks}};
  return json_text(out, 2);
}

}  // namespace

void add_doctor_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("doctor", "Look at the machine and the installation; say what is wrong and what to do");
  command->callback([&session] {
    session.action = [&session] {
      require_format(session, {"text", "json"}, "mien doctor");
      const auto findings = examine(model_places(session));
      print_result(session.json() ? as_json(findings) : as_text(findings));
      return 0;
    };
  });
}

}  // namespace mien::cli
