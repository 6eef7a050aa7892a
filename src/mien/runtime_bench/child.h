// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mien/base/progress.h"

namespace mien::runtime_bench {

/// A program beside ours that answers each line of JSON on its stdin with one on its stdout (see worker.h for the requests).
/// Between requests it is stopped (SIGSTOP), so that threads of it that wait for work by spinning take nothing from whoever
/// measures meanwhile. It dies with us.
class Child {
 public:
  /// @param name    for messages
  /// @param command program and arguments; the program is looked up in PATH
  Child(std::string name, const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Throws Error{bad_data} with the child's own message when it answers {"error":...}, or when it is gone; Error{interrupted}
  /// when `stop` is requested meanwhile.
  nlohmann::json request(const nlohmann::json& request, const StopFlag& stop);

 private:
  void write_line(const std::string& line);
  std::string read_line(const StopFlag& stop);
  [[noreturn]] void fail_gone();

  std::string name_;
  std::filesystem::path errors_;  ///< what the child writes to stderr
  pid_t pid_ = -1;
  int to_child_ = -1, from_child_ = -1;
  std::string unread_;
};

}  // namespace mien::runtime_bench
