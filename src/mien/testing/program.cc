// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/testing/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "mien/base/files.h"
#include "mien/base/text.h"

namespace mien::testing {
namespace {

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

Outcome outcome_in(const fs::path& folder, int code) { return {code, read_text(folder / "stdout.txt"), read_text(folder / "stderr.txt")}; }

}  // namespace

pid_t start_program(const std::string& program, const fs::path& folder, std::vector<std::string> arguments, const std::string& input, int output) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (::chdir(folder.c_str()) != 0) ::_exit(99);
  const auto redirect = [](const std::string& name, int flags, int to) { ::dup2(::open(name.c_str(), flags, 0644), to); };
  redirect(input.empty() ? "/dev/null" : input, O_RDONLY, STDIN_FILENO);
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  else redirect("stdout.txt", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect("stderr.txt", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  arguments.insert(arguments.begin(), program);
  std::vector<char*> raw;
  for (auto& a : arguments) raw.push_back(a.data());
  raw.push_back(nullptr);
  ::execv(program.c_str(), raw.data());
  ::_exit(98);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return code_of(status);
}

Outcome run_program(const std::string& program, const fs::path& folder, const std::vector<std::string>& arguments, const std::string& input) {
  return outcome_in(folder, wait_for(start_program(program, folder, arguments, input)));
}

Outcome run_in_shell(const std::string& program, const fs::path& folder, const std::string& arguments) {
  const std::string command = "cd '" + folder.string() + "' && '" + program + "' " + arguments + " >stdout.txt 2>stderr.txt";
  return outcome_in(folder, code_of(std::system(command.c_str())));
}

void expect_error(const Outcome& outcome, int code, const std::string& message, const std::string& hint) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  const auto lines = split(trim(outcome.err), '\n');
  ASSERT_EQ(lines.size(), hint.empty() ? 1u : 2u) << outcome.err;
  EXPECT_EQ(lines[0].find("error: "), 0u) << outcome.err;
  EXPECT_NE(lines[0].find(message), std::string::npos) << outcome.err;
  if (hint.empty()) return;
  EXPECT_EQ(lines[1].find("hint: "), 0u) << outcome.err;
  EXPECT_NE(lines[1].find(hint), std::string::npos) << outcome.err;
}

}  // namespace mien::testing
