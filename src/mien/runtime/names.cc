// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include "mien/runtime/model_state.h"

namespace mien::runtime {

std::size_t size_of(ElementType type) { return graph::element_size(data_type(type)); }
const char* name_of(ElementType type) { return graph::name_of(data_type(type)); }

ElementType element_type(graph::DataType type) { return static_cast<ElementType>(type); }
graph::DataType data_type(ElementType type) { return static_cast<graph::DataType>(type); }
static_assert(static_cast<int>(ElementType::boolean) == static_cast<int>(graph::DataType::boolean));
static_assert(static_cast<int>(ElementType::i32) == static_cast<int>(graph::DataType::i32));

const char* name_of(Precision precision) {
  static constexpr const char* names[] = {"auto", "fp32", "bf16", "int8"};
  const auto index = static_cast<std::size_t>(precision);
  return index < std::size(names) ? names[index] : "unknown";
}

Precision precision_from(const std::string& name) {
  for (const auto p : {Precision::automatic, Precision::fp32, Precision::bf16, Precision::int8})
    if (name == name_of(p)) return p;
  throw Error(ErrorCode::usage, "unknown precision '" + name + "'", "Known: auto, fp32, bf16, int8.");
}

}  // namespace mien::runtime
