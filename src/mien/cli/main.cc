// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <opencv2/core.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "mien/base/broken_pipe.h"
#include "mien/base/error.h"
#include "mien/base/shell_word.h"
#include "mien/base/utf8.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/session.h"
#include "mien/cli/short_waits.h"
#include "mien/cli/standard_output.h"
#include "mien/cli/start_limits.h"
#include "mien/cli/usage_errors.h"
#include "mien/cli/version.h"

namespace mien::cli {

namespace {

constexpr int exit_failure = 1, exit_usage = 2, exit_interrupted = 130;

int report(const std::string& message, const std::string& hint, int code) {
  std::fprintf(stderr, "error: %s\n", shown_text(message).c_str());
  if (!hint.empty()) std::fprintf(stderr, "hint: %s\n", shown_text(hint).c_str());
  return code;
}

int exit_code(ErrorCode code) {
  if (code == ErrorCode::usage) return exit_usage;
  return code == ErrorCode::interrupted ? exit_interrupted : exit_failure;
}

void add_common_flags(CLI::App& app, Session& session) {
  app.set_version_flag(
      "--version", [] { return version_line(); }, "Version, commit and libtorch");
  app.add_option("--format", session.format, "How results are written to stdout (default text)")
      ->check(CLI::IsMember({"text", "json", "csv"}).description("{text,json,csv}"))
      ->type_name("");
  app.add_option("--models", session.models, "Folder with the models that come with mien (default MIEN_MODELS, else beside the weights and the program)")
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  app.add_flag("-q,--quiet", session.quiet, "Only warnings and errors on stderr");
  app.add_flag("-v,--verbose", session.verbose, "More on stderr");
}

/// A full disk or a closed pipe behind stdout must not look like success.
void finish_output() {
  std::cout.flush();
  write_output("");
  if (std::ferror(stdout) || !std::cout) throw Error(ErrorCode::io, "the result could not be written to stdout");
}

int run(int argc, char** argv) {
  Session session;
  session.command_line = shell_command({argv, argv + argc});
  CLI::App app("Facial expression recognition: train, evaluate, explain, export and run models.", "mien");
  app.fallthrough();  // the common flags may follow the command; commands inherit this
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_common_flags(app, session);
  add_commands(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answer) {  // --help, --version
    app.exit(answer);
    finish_output();
    return 0;
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  check_thread_limit();
  cv::setNumThreads(1);  // mien has threads of its own
  start_logging(session);
  stop_on_signals(session.stop);
  const int code = session.action();
  finish_output();
  return code;
}

}  // namespace

}  // namespace mien::cli

int main(int argc, char** argv) {
  using namespace mien::cli;
  survive_closed_pipes();
  restore_environment();
  try {
    return run(argc, argv);
  } catch (const mien::BrokenPipe&) {  // who reads our results has what it wanted
    return exit_failure;
  } catch (const mien::Error& error) {
    return report(error.what(), error.hint(), exit_code(error.code()));
  } catch (const std::bad_alloc&) {
    return report("out of memory", "Use smaller batches or images, or fewer threads.", exit_failure);
  } catch (const std::exception& error) {
    return report(error.what(), "", exit_failure);
  }
}
