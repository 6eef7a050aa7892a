// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/exporting/trace.h"

namespace mien::exporting {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::bad_data, fmt::format("{}: {}", where, what),
              "The network can be exported for a fixed batch size: --static-batch N.");
}

/// A number that was `two` for two images and `three` for three.
TracedNumber joined(const TracedNumber& two, const TracedNumber& three, const std::string& where) {
  if (two.value == three.value) return two;
  if (two.value * 3 == three.value * 2) return {two.value / 2, true};
  fail(where,
       fmt::format("a number is {} for 2 images and {} for 3, so it is no multiple of the batch size", two.value, three.value));
}

void join(std::vector<TracedNumber>& two, const std::vector<TracedNumber>& three, const std::string& where) {
  if (two.size() != three.size()) fail(where, "the number of dimensions depends on the batch size");
  for (std::size_t i = 0; i < two.size(); ++i) two[i] = joined(two[i], three[i], where);
}

void join(TracedTensor& two, const TracedTensor& three, const std::string& where) {
  join(two.dims, three.dims, where);
  if (two.constant.defined() != three.constant.defined()) fail(where, "the traces differ");
  if (!two.constant.defined() || two.constant.data_ptr() == three.constant.data_ptr()) return;
  if (!torch::equal(two.constant, three.constant)) fail(where, "a constant depends on the batch size");
}

void join(TracedNode& two, const TracedNode& three) {
  if (two.op != three.op || two.arguments.size() != three.arguments.size() || two.outputs != three.outputs)
    fail(two.op, fmt::format("the network calls other operators for another batch size (here {})", three.op));
  for (auto& [name, value] : two.arguments) {
    const auto other = three.arguments.find(name);
    if (other == three.arguments.end() || other->second.kind != value.kind || other->second.tensors != value.tensors ||
        other->second.reals != value.reals || other->second.text != value.text)
      fail(two.op, fmt::format("its argument '{}' depends on the batch size", name));
    join(value.numbers, other->second.numbers, two.op);
  }
}

}  // namespace

TracedGraph join_batches(TracedGraph two, const TracedGraph& three) {
  if (two.nodes.size() != three.nodes.size() || two.tensors.size() != three.tensors.size() || two.outputs != three.outputs)
    fail("trace", "the network calls other operators for another batch size");
  for (std::size_t i = 0; i < two.nodes.size(); ++i) {
    join(two.nodes[i], three.nodes[i]);
    for (const int id : two.nodes[i].outputs)
      join(two.tensors[static_cast<std::size_t>(id)], three.tensors[static_cast<std::size_t>(id)], two.nodes[i].op);
  }
  for (std::size_t i = 0; i < two.tensors.size(); ++i)
    if (two.tensors[i].constant.defined()) join(two.tensors[i], three.tensors[i], "constant '" + two.tensors[i].name + "'");
  for (const int id : two.inputs)
    join(two.tensors[static_cast<std::size_t>(id)], three.tensors[static_cast<std::size_t>(id)], "input");
  return two;
}

}  // namespace mien::exporting
