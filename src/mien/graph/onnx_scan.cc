// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_scan.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <limits>
#include <vector>

#include "mien/base/error.h"

namespace mien::graph {

namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

// What one field costs in memory besides its own bytes, rounded up: the largest message object of ONNX and a pointer to it; a
// string object, its heap block and a pointer; an unknown number.
constexpr std::uint64_t message_cost = 320, text_cost = 96, number_cost = 16;
constexpr std::uint64_t free_cost = 256ull << 20, cost_per_byte = 4;
constexpr std::size_t deepest = 32;  // a tensor in a node of the graph stands at depth 5

class Scan {
 public:
  Scan(pb::io::ZeroCopyInputStream& bytes, std::uint64_t size)
      : in_(&bytes), size_(size), allowed_(free_cost + cost_per_byte * size) {
    in_.PushLimit(static_cast<int>(size));
  }

  void message(const pb::Descriptor& type) {
    for (;;) {
      const std::uint32_t tag = in_.ReadTag();
      if (tag == 0) break;
      field(type.FindFieldByNumber(Wire::GetTagFieldNumber(tag)), Wire::GetTagWireType(tag));
    }
    if (!in_.ConsumedEntireMessage()) fail("holds something that is no field");
  }

 private:
  void field(const pb::FieldDescriptor* known, Wire::WireType wire) {
    std::uint64_t number = 0;
    switch (wire) {
      case Wire::WIRETYPE_VARINT:
        if (!in_.ReadVarint64(&number)) fail("ends in the middle of a number");
        return spend(known == nullptr ? number_cost : 0);
      case Wire::WIRETYPE_FIXED32:
      case Wire::WIRETYPE_FIXED64:
        if (!in_.Skip(wire == Wire::WIRETYPE_FIXED32 ? 4 : 8)) fail("ends in the middle of a number");
        return spend(known == nullptr ? number_cost : 0);
      case Wire::WIRETYPE_LENGTH_DELIMITED: return block(known);
      default: fail("holds a group, which ONNX does not use");
    }
  }

  void block(const pb::FieldDescriptor* known) {
    std::uint64_t length = 0;
    if (!in_.ReadVarint64(&length)) fail("ends in the middle of a length");
    if (known != nullptr) path_.push_back(known);
    const auto left = static_cast<std::uint64_t>(in_.BytesUntilLimit());
    if (length > left) fail(fmt::format("should be {} bytes long, but only {} follow", length, left));
    if (known != nullptr && known->type() == pb::FieldDescriptor::TYPE_MESSAGE) {
      spend(message_cost);
      if (path_.size() > deepest) fail(fmt::format("is nested in {} others", deepest));
      const auto limit = in_.PushLimit(static_cast<int>(length));
      message(*known->message_type());
      in_.PopLimit(limit);
    } else {
      spend(text_cost);
      if (!in_.Skip(static_cast<int>(length))) fail("ends early");
    }
    if (known != nullptr) path_.pop_back();
  }

  void spend(std::uint64_t cost) {
    spent_ += cost;
    if (spent_ > allowed_) fail(fmt::format("is one of too many small fields for a file of {} bytes", size_));
  }

  [[noreturn]] void fail(const std::string& what) {
    std::string field = "the file";
    for (std::size_t i = 0; i < path_.size(); ++i) field = i == 0 ? path_[i]->name() : field + "." + path_[i]->name();
    throw Error(ErrorCode::bad_file, fmt::format("not a whole ONNX file: {} {} (byte {})", field, what, in_.CurrentPosition()),
                "Download or export the file again.");
  }

  pb::io::CodedInputStream in_;
  std::uint64_t size_;
  std::uint64_t allowed_;
  std::uint64_t spent_ = 0;
  std::vector<const pb::FieldDescriptor*> path_;
};

}  // namespace

void check_wire_format(pb::io::ZeroCopyInputStream& bytes, std::uint64_t size, const pb::Descriptor& message) {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<int>::max()))
    throw Error(ErrorCode::bad_file, "an ONNX file without its external data has at most 2 GiB");
  Scan(bytes, size).message(message);
}

}  // namespace mien::graph
