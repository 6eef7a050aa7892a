// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_parse.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>
#include <utility>

#include "mien/base/error.h"

namespace mien::graph {

namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;
using Field = pb::FieldDescriptor;

constexpr std::uint64_t large = 1 << 16;

/// Goes through a message field by field. Small fields are collected as they stand in the file and handed to protobuf in their
/// order; large messages are entered, large texts read.
class Parser {
 public:
  Parser(pb::io::ZeroCopyInputStream& bytes, std::uint64_t size) : in_(&bytes) { in_.PushLimit(static_cast<int>(size)); }

  void parse(pb::Message& message) {
    std::string small;
    while (const std::uint32_t tag = in_.ReadTag()) {
      const auto* field = message.GetDescriptor()->FindFieldByNumber(Wire::GetTagFieldNumber(tag));
      if (Wire::GetTagWireType(tag) != Wire::WIRETYPE_LENGTH_DELIMITED) {
        copy_number(tag, small);
        continue;
      }
      std::uint64_t length = 0;
      expect(in_.ReadVarint64(&length));
      if (length < large || !is_entered(field)) {
        copy_block(tag, length, small);
        if (small.size() > large) merge(small, message);
        continue;
      }
      merge(small, message);
      if (field->type() == Field::TYPE_MESSAGE)
        parse_inner(message, *field, length);
      else
        message.GetReflection()->SetString(&message, field, read(length));
    }
    merge(small, message);
    expect(in_.ConsumedEntireMessage());
  }

 private:
  static bool is_entered(const Field* field) {
    if (field == nullptr) return false;
    return field->type() == Field::TYPE_MESSAGE || (field->type() == Field::TYPE_BYTES && !field->is_repeated());
  }

  void parse_inner(pb::Message& message, const Field& field, std::uint64_t length) {
    const auto* reflection = message.GetReflection();
    auto& inner = field.is_repeated() ? *reflection->AddMessage(&message, &field) : *reflection->MutableMessage(&message, &field);
    const auto limit = in_.PushLimit(static_cast<int>(length));
    parse(inner);
    in_.PopLimit(limit);
  }

  std::string read(std::uint64_t length) {
    std::string bytes(length, '\0');
    expect(in_.ReadRaw(bytes.data(), static_cast<int>(length)));
    return bytes;
  }

  void copy_number(std::uint32_t tag, std::string& small) {
    pb::io::StringOutputStream stream(&small);
    pb::io::CodedOutputStream out(&stream);
    expect(Wire::SkipField(&in_, tag, &out));
  }

  void copy_block(std::uint32_t tag, std::uint64_t length, std::string& small) {
    {
      pb::io::StringOutputStream stream(&small);
      pb::io::CodedOutputStream out(&stream);
      out.WriteVarint32(tag);
      out.WriteVarint64(length);
    }
    const auto start = small.size();
    small.resize(start + length);
    expect(in_.ReadRaw(small.data() + start, static_cast<int>(length)));
  }

  /// Adds the collected fields to the message.
  void merge(std::string& small, pb::Message& message) {
    expect(message.MergeFromString(small));
    small = {};
  }

  static void expect(bool fine) {
    if (!fine) throw Error(ErrorCode::bad_file, "not a whole ONNX file");
  }

  pb::io::CodedInputStream in_;
};

}  // namespace

void parse_message(pb::io::ZeroCopyInputStream& bytes, std::uint64_t size, pb::Message& message) {
  Parser(bytes, size).parse(message);
}

}  // namespace mien::graph
