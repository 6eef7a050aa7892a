// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/base/utf8.h"

namespace mien {
namespace {

/// Runs without a shell, so no name needs quoting. The exit status, or nullopt when the program did not start.
std::optional<int> run_program(const std::string& program, std::vector<std::string> arguments, const fs::path& log) {
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int refused = posix_spawnp(&child, program.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (refused != 0) return std::nullopt;
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

std::string gnuplot_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : to_utf8(text)) {  // its fonts refuse anything else
    if (c == '\'')
      result += "''";
    else
      result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result + "'";
}

bool gnuplot_runs(const std::string& program) {
  return run_program(program, {"--version"}, "/dev/null") == 0;
}

void run_gnuplot(const GnuplotScript& script, const fs::path& png, const std::string& program) {
  const TemporaryFolder folder("mien-plot");
  for (const auto& [name, content] : script.data) write_atomically(folder.path() / name, content);
  std::string text = fmt::format(
      "set terminal pngcairo size {},{} noenhanced font 'DejaVu Sans,11' background rgb '#ffffff'\n"
      "set encoding utf8\nset output {}\nset datafile missing '?'\n",
      script.width_px, script.height_px, gnuplot_quoted((folder.path() / "plot.png").string()));
  text += fmt::format("cd {}\n", gnuplot_quoted(folder.path().string())) + script.commands + "\nunset output\n";
  write_atomically(folder.path() / "script.gp", text);
  const fs::path log = folder.path() / "log";
  const auto status = run_program(program, {(folder.path() / "script.gp").string()}, log);
  if (!status)
    throw Error(ErrorCode::not_found, fmt::format("the program '{}' could not be started", program),
                "Install gnuplot to have PNG plots.");
  if (*status != 0 || !fs::exists(folder.path() / "plot.png"))
    throw Error(ErrorCode::io, fmt::format("{} failed to draw {}: {}", program, png.string(), trim(read_text(log))));
  const auto bytes = read_bytes(folder.path() / "plot.png");
  write_atomically(png, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace mien
