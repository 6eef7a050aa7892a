// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/onnxruntime.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/program.h"
#include "mien/base/text.h"

namespace mien::exporting {
namespace {

/// A file for the output of a program.
class OutputFile {
 public:
  explicit OutputFile(const fs::path& file) : fd_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw Error(ErrorCode::io, fmt::format("{}: {}", file.string(), std::strerror(errno)));
  }
  ~OutputFile() { ::close(fd_); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  int descriptor() const { return fd_; }

 private:
  int fd_;
};

int run_program(const std::vector<std::string>& command, const fs::path& out, const fs::path& err) {
  const OutputFile to(out), errors(err);
  return wait_for_program(start_program(command, {.out = to.descriptor(), .err = errors.descriptor()}));
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
  for (const auto& entry : parse_json(read_text(out), program.script.string()))
    outputs[entry.at("name")] = {entry.at("dims").get<std::vector<std::int64_t>>(),
                                 read_floats(entry.at("file").get<std::string>())};
  return outputs;
}

}  // namespace mien::exporting
