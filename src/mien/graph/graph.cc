// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/graph.h"

#include <fmt/format.h>

#include <array>

#include "mien/base/error.h"
#include "mien/graph/names.h"

namespace mien::graph {

namespace {

constexpr std::array<const char*, std::variant_size_v<Attribute>> kinds{"an integer", "a float", "a text", "integers",
                                                                        "floats",     "texts",   "a tensor"};

/// The attribute as T; null when absent. Throws when it is something else.
template <typename T>
const T* attribute(const Node& node, const std::string& key) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr)
    throw Error(ErrorCode::bad_file, fmt::format("{}: attribute '{}': expected {}, found {}", node.label(), key,
                                                 kinds[Attribute(T{}).index()], kinds[found->second.index()]));
  return value;
}

template <typename T>
T attribute_or(const Node& node, const std::string& key, T otherwise) {
  const T* value = attribute<T>(node, key);
  return value != nullptr ? *value : std::move(otherwise);
}

}  // namespace

std::string quote_name(std::string_view name) {
  constexpr std::size_t longest = 120;
  std::string text(name.size() <= longest ? name : name.substr(0, longest / 2));
  if (name.size() > longest) text.append("...").append(name.substr(name.size() - longest / 2));
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = '?';
  return "'" + text + "'";
}

std::int64_t Node::integer(const std::string& key, std::int64_t otherwise) const { return attribute_or(*this, key, otherwise); }
float Node::real(const std::string& key, float otherwise) const { return attribute_or(*this, key, otherwise); }
std::string Node::text(const std::string& key, const std::string& otherwise) const { return attribute_or(*this, key, otherwise); }
std::vector<std::int64_t> Node::integers(const std::string& key, std::vector<std::int64_t> otherwise) const {
  return attribute_or(*this, key, std::move(otherwise));
}
std::vector<float> Node::reals(const std::string& key) const { return attribute_or(*this, key, std::vector<float>{}); }
const Tensor* Node::tensor(const std::string& key) const { return attribute<Tensor>(*this, key); }

std::string Node::label() const {
  const std::string kind = quote_name(op);
  const std::string where = domain.empty() ? "" : " of domain " + quote_name(domain);
  return fmt::format("{} node {}{}", std::string_view(kind).substr(1, kind.size() - 2), quote_name(name), where);
}

ValueId Graph::add_value(std::string name) {
  values.push_back({std::move(name), std::nullopt});
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_constant(std::string name, Tensor tensor) {
  values.push_back({std::move(name), std::move(tensor)});
  return static_cast<ValueId>(values.size() - 1);
}

const Tensor* Graph::constant(ValueId id) const {
  if (id == no_value) return nullptr;
  const auto& tensor = values.at(static_cast<std::size_t>(id)).constant;
  return tensor ? &*tensor : nullptr;
}

Uses uses_of(const Graph& graph) {
  Uses uses{std::vector<std::int32_t>(graph.values.size(), -1), std::vector<std::vector<std::int32_t>>(graph.values.size()),
            std::vector<bool>(graph.values.size(), false)};
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& node = graph.nodes[i];
    const auto index = static_cast<std::int32_t>(i);
    const auto read = [&](ValueId id) {
      if (id != no_value) uses.readers.at(static_cast<std::size_t>(id)).push_back(index);
    };
    for (const auto id : node.inputs) read(id);
    for (const auto& post : node.post) read(post.other);
    for (const auto id : node.outputs)
      if (id != no_value) uses.producer.at(static_cast<std::size_t>(id)) = index;
  }
  for (const auto& port : graph.outputs) uses.is_output.at(static_cast<std::size_t>(port.value)) = true;
  return uses;
}

}  // namespace mien::graph
