// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/onnxruntime.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"

namespace mien::exporting {
namespace {

/// Runs a program without a shell, its output into files. Returns the exit code, 127 when it could not be started.
int run_program(const std::vector<std::string>& arguments, const fs::path& out, const fs::path& err) {
  std::vector<char*> raw;
  for (const auto& a : arguments) raw.push_back(const_cast<char*>(a.c_str()));
  raw.push_back(nullptr);
  const std::string out_name = out.string(), err_name = err.string();
  const pid_t child = ::fork();
  if (child < 0) throw Error(ErrorCode::io, fmt::format("cannot start {}: {}", arguments[0], std::strerror(errno)));
  if (child == 0) {  // only calls that are safe between fork and exec
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(::open(out_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(err_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    ::execvp(raw[0], raw.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void require(const fs::path& path, const std::string& hint) {
  if (!fs::exists(path)) throw Error(ErrorCode::not_found, path.string() + ": no such file or folder", hint);
}

std::vector<float> read_floats(const fs::path& file) {
  const auto bytes = read_bytes(file);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace

std::map<std::string, RuntimeOutput> run_onnxruntime(const OnnxRuntimeProgram& program, const fs::path& model,
                                                     const std::vector<std::int64_t>& shape, const std::vector<float>& input) {
  require(program.package, "Install the npm package onnxruntime-node and name its folder.");
  require(program.script, "It comes with mien, in scripts.");
  require(model, "");
  const TemporaryFolder folder("mien-onnxruntime");
  const fs::path pixels = folder.path() / "input.raw", out = folder.path() / "stdout", err = folder.path() / "stderr";
  write_atomically(pixels, {reinterpret_cast<const char*>(input.data()), input.size() * sizeof(float)});
  const int code = run_program(
      {program.node, program.script.string(), "--package", program.package.string(), "--model", model.string(), "--input",
       fmt::format("{}:{}", fmt::join(shape, "x"), pixels.string()), "--output", (folder.path() / "output").string()},
      out, err);
  if (code == 127) throw Error(ErrorCode::not_found, program.node + ": no such program", "Install Node.js.");
  if (code != 0)
    throw Error(ErrorCode::bad_data, fmt::format("{}: ONNX Runtime failed: {}", model.string(), trim(read_text(err))));
  std::map<std::string, RuntimeOutput> outputs;
  for (const auto& entry : nlohmann::json::parse(read_text(out)))
    outputs[entry.at("name")] = {entry.at("dims").get<std::vector<std::int64_t>>(),
                                 read_floats(entry.at("file").get<std::string>())};
  return outputs;
}

}  // namespace mien::exporting
