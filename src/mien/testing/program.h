// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace mien::testing {

/// How a program ended; `code` is 128 + the signal when one killed it.
struct Outcome {
  int code = -1;
  std::string out, err;
};

/// Starts a program in `folder`; its output goes to stdout.txt and stderr.txt there. `input`: a file of the folder for stdin, "" = none.
/// `output`: an open descriptor for stdout in place of the file; -1 = none.
pid_t start_program(const std::string& program, const std::filesystem::path& folder, std::vector<std::string> arguments, const std::string& input = "",
                    int output = -1);
int wait_for(pid_t child);
Outcome run_program(const std::string& program, const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                    const std::string& input = "");
/// The same with the arguments as a shell splits them.
Outcome run_in_shell(const std::string& program, const std::filesystem::path& folder, const std::string& arguments);

/// Expects that stderr is exactly "error: ..." and, when `hint` is not empty, "hint: ...", and that stdout is empty.
void expect_error(const Outcome& outcome, int code, const std::string& message, const std::string& hint);

}  // namespace mien::testing
