// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace google::protobuf {
class Message;
namespace io {
class ZeroCopyInputStream;
}
}  // namespace google::protobuf

namespace mien::graph {

/// Parses `size` bytes, which check_wire_format() has passed, into an empty message, as protobuf does it but for bytes of more
/// than 64 KiB: these are read in one go into memory of their size. Protobuf lets them grow by doubling, and a tensor of 400 MB
/// takes 800 MB meanwhile. Throws Error{bad_file}.
void parse_message(google::protobuf::io::ZeroCopyInputStream& bytes, std::uint64_t size, google::protobuf::Message& message);

}  // namespace mien::graph
