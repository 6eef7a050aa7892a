// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "mien/runtime/rewrite/node_facts.h"
#include "mien/runtime/rewrite/passes.h"

namespace mien::runtime {

using graph::no_value;
using graph::Node;

namespace {

/// A Pad node whose pads are known: all begins, then all ends, one a dim of the input.
struct KnownPad {
  std::vector<std::int64_t> pads;
  float value = 0;
};

std::optional<KnownPad> known_pad(const GraphEditor& editor, const Node& node) {
  if (!is(node, "Pad") || node.text("mode", "constant") != "constant" || node.input(3) != no_value) return std::nullopt;
  if (node.has("pads")) return KnownPad{node.integers("pads"), node.real("value", 0)};
  auto pads = constant_integers(editor, node.input(1));
  if (!pads) return std::nullopt;
  if (node.input(2) == no_value) return KnownPad{std::move(*pads), 0};
  const float* value = editor.scalar(node.input(2));
  if (!value) return std::nullopt;
  return KnownPad{std::move(*pads), *value};
}

bool is_zero(const std::vector<std::int64_t>& pads) {
  return std::all_of(pads.begin(), pads.end(), [](auto pad) { return pad == 0; });
}

/// Pads of height, width, ... only, none negative: begins then ends, without those of batch and channels.
std::optional<std::vector<std::int64_t>> spatial_pads(const KnownPad& pad, std::size_t spatial) {
  const std::size_t rank = spatial + 2;
  if (pad.pads.size() != 2 * rank) return std::nullopt;
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < pad.pads.size(); ++i) {
    if (pad.pads[i] < 0 || (i % rank < 2 && pad.pads[i] != 0)) return std::nullopt;
    if (i % rank >= 2) kept.push_back(pad.pads[i]);
  }
  return kept;
}

/// Size of the window over each spatial dim; empty when it is not known.
std::vector<std::int64_t> window_of(const GraphEditor& editor, const Node& node) {
  if (node.has("kernel_shape")) return node.integers("kernel_shape");
  const auto* weights = editor.constant(node.input(1));
  if (!is(node, "Conv") || !weights || weights->dims().size() < 3) return {};
  return {weights->dims().begin() + 2, weights->dims().end()};
}

/// Whether padding the input by this value is what the node itself does with its pads.
bool pads_alike(const Node& node, const KnownPad& pad, bool padded_already) {
  if (is(node, "Conv")) return pad.value == 0;
  if (is(node, "MaxPool")) return pad.value <= std::numeric_limits<float>::lowest() && node.outputs.size() == 1;
  if (!is(node, "AveragePool") || pad.value != 0 || node.integer("ceil_mode", 0) != 0) return false;
  return !padded_already || node.integer("count_include_pad", 0) != 0;
}

void merge(GraphEditor& editor, std::int32_t index) {
  const Node& node = editor.node(index);
  const Node* before = editor.made_by(node.input(0));
  if (!before || !is(*before, "Pad")) return;
  const auto automatic = node.text("auto_pad", "NOTSET");
  const auto window = window_of(editor, node);
  const auto pad = known_pad(editor, *before);
  if (!pad || window.empty() || (automatic != "NOTSET" && automatic != "VALID" && !automatic.empty())) return;
  const auto own = automatic == "VALID" ? std::vector<std::int64_t>(2 * window.size(), 0)
                                        : node.integers("pads", std::vector<std::int64_t>(2 * window.size(), 0));
  auto pads = spatial_pads(*pad, window.size());
  if (!pads || own.size() != pads->size() || !pads_alike(node, *pad, !is_zero(own))) return;
  for (std::size_t i = 0; i < pads->size(); ++i) {
    (*pads)[i] += own[i];
    // A pooling window must touch the picture.
    if (!is(node, "Conv") && (*pads)[i] >= window[i % window.size()]) return;
  }
  Node merged = node;
  merged.inputs[0] = before->inputs[0];
  merged.attributes.erase("auto_pad");
  merged.attributes["pads"] = *pads;
  if (is(node, "AveragePool")) merged.attributes["count_include_pad"] = std::int64_t{1};
  editor.replace(index, std::move(merged));
}

}  // namespace

void merge_pads(GraphEditor& editor) {
  for (const auto index : editor.order()) {
    if (editor.alive(index)) merge(editor, index);
  }
}

}  // namespace mien::runtime
