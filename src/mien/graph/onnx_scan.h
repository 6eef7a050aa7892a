// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace google::protobuf {
class Descriptor;
namespace io {
class ZeroCopyInputStream;
}
}  // namespace google::protobuf

namespace mien::graph {

/// Walks over the tags and lengths of a serialised protobuf message of `size` bytes without keeping anything, before the real
/// parser allocates: two bytes of a hostile file can ask for a message object of 256 bytes. Throws Error{bad_file} that names the
/// field and the byte where the bytes end early or make no sense, for nesting deeper than ONNX files need, and when the objects
/// of all fields would take more than 256 MiB and four times the file.
void check_wire_format(google::protobuf::io::ZeroCopyInputStream& bytes, std::uint64_t size,
                       const google::protobuf::Descriptor& message);

}  // namespace mien::graph
