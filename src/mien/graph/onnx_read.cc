// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/folder_of.h"
#include "mien/graph/names.h"
#include "mien/graph/onnx_file.h"
#include "mien/graph/onnx_graph.h"
#include "mien/graph/onnx_parse.h"
#include "mien/graph/onnx_scan.h"

namespace mien::graph {

namespace {

namespace fs = std::filesystem;
namespace io = google::protobuf::io;
using ::onnx::ModelProto;

[[noreturn]] void fail(const std::string& what, const std::string& hint = {}) { throw Error(ErrorCode::bad_file, what, hint); }

/// Versions of the operator sets: domain "" goes to `graph.opset`, others to `graph.domains`.
void take_opsets(const ModelProto& model, Graph& graph) {
  for (const auto& import : model.opset_import()) {
    const bool is_onnx = import.domain().empty() || import.domain() == "ai.onnx";
    const auto version = static_cast<int>(std::clamp<std::int64_t>(import.version(), 0, std::numeric_limits<int>::max()));
    int& place = is_onnx ? graph.opset : graph.domains[import.domain()];
    if (place != 0 && place != version)
      fail(fmt::format("imports the operators {} in the versions {} and {}", quote_name(import.domain()), place, version));
    place = version;
  }
  if (graph.opset < oldest_opset || graph.opset > newest_opset)
    fail(graph.opset == 0 ? "names no version of ONNX's operators (opset)"
                          : fmt::format("its operators are of opset {}; supported are {} to {}", graph.opset, oldest_opset,
                                        newest_opset),
         "Export again with opset_version=17.");
}

/// The graph of a parsed model. The message is emptied on the way.
Graph take_model(ModelProto& model, ExternalData& external, const ReadLimits& limits) {
  if (!model.has_graph()) fail("not an ONNX file: it holds no graph");
  Graph graph;
  take_opsets(model, graph);
  if (model.functions_size() > 0)
    fail(fmt::format("defines the function {}; functions are not supported", quote_name(model.functions(0).name())),
         "Export again with functions written out (export_modules_as_functions=False).");
  const auto nodes = static_cast<std::size_t>(model.graph().node_size());
  if (nodes > limits.max_nodes) fail(fmt::format("{} nodes, more than the {} allowed", nodes, limits.max_nodes));
  take_graph(*model.mutable_graph(), external, graph);
  for (auto& entry : *model.mutable_metadata_props()) graph.metadata[entry.key()] = std::move(*entry.mutable_value());
  return graph;
}

/// Parses `size` bytes twice, first to see what they ask for; `open` starts to read them from the beginning.
Graph parse_stream(const std::function<std::unique_ptr<io::ZeroCopyInputStream>()>& open, std::uint64_t size,
                   const fs::path& folder, const ReadLimits& limits) {
  if (size > limits.max_file_bytes) fail(fmt::format("{} bytes, more than the {} allowed", size, limits.max_file_bytes));
  if (size == 0) fail("not an ONNX file: it is empty");
  check_wire_format(*open(), size, *ModelProto::descriptor());
  ModelProto model;
  parse_message(*open(), size, model);
  ExternalData external(folder, limits.max_external_bytes);
  return take_model(model, external, limits);
}

/// Runs `read` and puts the file's name before the message of an error.
Graph name_file_in_errors(const std::string& origin, const std::function<Graph()>& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(error.code(), origin + ": " + error.what(), error.hint());
  }
}

/// An ordinary file, open for reading.
class ModelFile {
 public:
  explicit ModelFile(const fs::path& file) : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0 && (errno == ENOENT || errno == ENOTDIR)) throw Error(ErrorCode::not_found, "no such file");
    struct stat info {};
    if (fd_ < 0 || ::fstat(fd_, &info) != 0) {
      const int error = errno;
      close();
      throw Error(ErrorCode::io, fmt::format("cannot open: {}", std::strerror(error)), "Check the owner and the permissions.");
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
    if (S_ISREG(info.st_mode)) return;
    close();
    throw Error(ErrorCode::not_found, "expected a file, found a folder or device");
  }
  ~ModelFile() { close(); }
  ModelFile(const ModelFile&) = delete;
  ModelFile& operator=(const ModelFile&) = delete;

  std::uint64_t size() const { return size_; }
  std::unique_ptr<io::ZeroCopyInputStream> from_start() const {
    if (::lseek(fd_, 0, SEEK_SET) != 0) throw Error(ErrorCode::io, fmt::format("cannot read: {}", std::strerror(errno)));
    return std::make_unique<io::FileInputStream>(fd_);
  }

 private:
  void close() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

Graph read_onnx(const fs::path& file, const ReadLimits& limits) {
  return name_file_in_errors(file.string(), [&] {
    const ModelFile bytes(file);
    const fs::path folder = folder_of(file);
    return parse_stream([&] { return bytes.from_start(); }, bytes.size(), folder, limits);
  });
}

Graph parse_onnx(std::span<const std::byte> bytes, const std::string& origin, const ReadLimits& limits, const fs::path& folder) {
  const auto open = [&]() -> std::unique_ptr<io::ZeroCopyInputStream> {
    return std::make_unique<io::ArrayInputStream>(bytes.data(), static_cast<int>(bytes.size()));
  };
  return name_file_in_errors(origin, [&] { return parse_stream(open, bytes.size(), folder, limits); });
}

}  // namespace mien::graph
