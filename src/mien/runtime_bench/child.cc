// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/program.h"
#include "mien/base/text.h"

namespace mien::runtime_bench {
namespace {

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorCode::io, std::string("pipe: ") + std::strerror(errno));
    read = ends[0];
    write = ends[1];
  }
};

int open_errors(fs::path& path) {
  std::string name = (fs::temp_directory_path() / "mien-bench-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) throw Error(ErrorCode::io, name + ": " + std::strerror(errno));
  path = name;
  return file;
}

}  // namespace

Child::Child(std::string name, const std::vector<std::string>& command) : name_(std::move(name)) {
  const Pipe in, out;
  const int errors = open_errors(errors_);
  pid_ = start_program(command, {in.read, out.write, errors}, /*in_background=*/true);
  ::close(in.read);
  ::close(out.write);
  ::close(errors);
  to_child_ = in.write;
  from_child_ = out.read;
}

Child::~Child() {
  ::close(to_child_);
  ::close(from_child_);
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove(errors_, ignored);
}

nlohmann::json Child::request(const nlohmann::json& request, const StopFlag& stop) {
  ::kill(pid_, SIGCONT);
  write_line(json_text(request) + "\n");
  const std::string line = read_line(stop);
  ::kill(pid_, SIGSTOP);
  const auto parsed = try_parse_json(line);
  if (!parsed)
    throw Error(ErrorCode::bad_data, name_ + ": answered with something that is no JSON: " + line.substr(0, 200));
  const nlohmann::json& answer = *parsed;
  if (answer.contains("error")) throw Error(ErrorCode::bad_data, name_ + ": " + answer["error"].get<std::string>());
  return answer;
}

void Child::write_line(const std::string& line) {
  // A child that is gone must not end us by SIGPIPE.
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  std::size_t done = 0;
  bool gone = false;
  while (done < line.size() && !gone) {
    const ssize_t n = ::write(to_child_, line.data() + done, line.size() - done);
    if (n >= 0)
      done += static_cast<std::size_t>(n);
    else
      gone = errno != EINTR;
  }
  if (gone) {
    const timespec now{};
    sigtimedwait(&pipe, nullptr, &now);  // takes the pending signal away
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (gone) fail_gone();
}

std::string Child::read_line(const StopFlag& stop) {
  std::array<char, 65536> buffer;
  for (;;) {
    const std::size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (stop.requested()) throw Error(ErrorCode::interrupted, "stopped while " + name_ + " was measured");
    pollfd wait{from_child_, POLLIN, 0};
    if (::poll(&wait, 1, 200) <= 0) continue;
    const ssize_t n = ::read(from_child_, buffer.data(), buffer.size());
    if (n > 0)
      unread_.append(buffer.data(), static_cast<std::size_t>(n));
    else if (n == 0 || errno != EINTR)
      fail_gone();
  }
}

void Child::fail_gone() {
  int status = 0;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  std::string why = "ended early";
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    why = "could not be started";
  else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
    why = std::string("was ended by a signal: ") + ::strsignal(WTERMSIG(status));
  const auto lines = split(trim(read_text(errors_)), '\n');
  if (!lines.empty() && !lines.back().empty()) why += ": " + lines.back();
  throw Error(ErrorCode::bad_data, name_ + " " + why);
}

}  // namespace mien::runtime_bench
