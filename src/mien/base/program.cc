// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "mien/base/error.h"

namespace mien {

namespace {

/// A copy of the stream above the standard three, so that putting one in its place closes no other; -1 on failure.
int above_standard(int stream) {
  const int source = stream >= 0 ? stream : ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return source < 0 ? -1 : ::fcntl(source, F_DUPFD_CLOEXEC, 3);
}

}  // namespace

pid_t start_program(const std::vector<std::string>& command, const StandardStreams& streams, bool in_background) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw Error(ErrorCode::io, fmt::format("cannot start {}: {}", command.at(0), std::strerror(errno)));
  if (child > 0) return child;
  // Only calls that are safe between fork and exec.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);  // what we ignore, it need not
  if (::getppid() != parent) ::_exit(127);  // it ended before we could ask to hear of it
  if (in_background) ::setpgid(0, 0);
  const int copies[] = {above_standard(streams.in), above_standard(streams.out), above_standard(streams.err)};
  for (int i = 0; i < 3; ++i)
    if (::dup2(copies[i], i) < 0) ::_exit(127);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

int wait_for_program(pid_t program) {
  int status = 0;
  while (::waitpid(program, &status, 0) < 0)
    if (errno != EINTR) throw Error(ErrorCode::io, fmt::format("cannot wait for a program: {}", std::strerror(errno)));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace mien
