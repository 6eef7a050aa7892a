// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mien/runtime/engine/builder.h"
#include "mien/runtime/engine/channel_kernels.h"

namespace mien::runtime::engine {

bool lower_channel_gather(Builder& b, const Node& node) {
  if (node.domain != "mien" || node.op != "ChannelGather" || !node.post.empty()) return false;
  const auto& y = b.dims(node.outputs[0]);
  if (graph::element_count(y) == 0) return false;
  Format format = b.type(node.outputs[0]) == DataType::f32 ? b.precision().format_of(node.outputs[0]) : Format{Storage::native};
  const bool image = y.size() == 4 && (format.storage != Storage::native || graph::element_size(b.type(node.outputs[0])) == 1);
  format.channels_last = image;
  std::vector<BufferId> buffers;
  std::vector<std::int64_t> channels;
  for (const auto input : node.inputs) {
    buffers.push_back(b.get(input, format).buffer);
    channels.push_back(b.dims(input)[1]);
  }
  const auto result = b.make(node.outputs[0], format);
  buffers.push_back(result.buffer);
  const auto bytes = bytes_per_element(format.storage, result.type);
  const ChannelGather gather(channels, node.integers("input"), node.integers("channel"), bytes);
  const std::int64_t pixels = graph::element_count(y) / y[1];
  const auto block = static_cast<std::size_t>(pixels / y[0]) * bytes;
  b.emit_function(fmt::format("gather {} channels", y[1]), "mien", buffers, y,
                  [gather, pixels, image, block, images = y[0]](const std::vector<std::byte*>& at) {
                    const std::vector<std::byte*> sources(at.begin(), at.end() - 1);
                    if (image)
                      gather.run(sources, at.back(), pixels);
                    else
                      gather.run_blocks(sources, at.back(), images, block);
                  });
  return true;
}

namespace {

/// Whole factors by which height and width grow; nullopt when they do not.
std::optional<std::pair<std::int64_t, std::int64_t>> whole_factors(const Dims& x, const Dims& y) {
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || x[1] != y[1] || graph::element_count(x) == 0) return std::nullopt;
  if (y[2] % x[2] != 0 || y[3] % x[3] != 0) return std::nullopt;
  return std::pair(y[2] / x[2], y[3] / x[3]);
}

/// Nearest neighbours at whole factors are plain repetition under these rules (others shift by a pixel).
bool repeats(const Node& node, std::int64_t factor) {
  if (node.op == "Upsample") return node.text("mode", "nearest") == "nearest";
  const auto where = node.text("coordinate_transformation_mode", node.has("coordinate_transformation_mode") ? "" : "half_pixel");
  const auto round = node.text("nearest_mode", "round_prefer_floor");
  if (where == "asymmetric") return round == "floor" || (round == "round_prefer_floor" && factor <= 2);
  return where == "half_pixel" && (round == "round_prefer_floor" || round == "round_prefer_ceil");
}

bool lower_repetition(Builder& b, const Node& node, std::int64_t up_y, std::int64_t up_x) {
  const auto& x = b.dims(node.inputs[0]);
  const bool floats = b.type(node.inputs[0]) == DataType::f32;
  Format format = floats ? b.float_format(node.outputs[0]) : Format{Storage::native};
  format.channels_last = true;
  const auto source = b.get(node.inputs[0], format);
  const auto result = b.make(node.outputs[0], format);
  const RepeatPixels repeat{x[0], x[2], x[3],
                            up_y, up_x, static_cast<std::size_t>(x[1]) * bytes_per_element(format.storage, source.type)};
  b.emit_function(fmt::format("repeat pixels {}x{}", up_y, up_x), "mien", {source.buffer, result.buffer}, result.dims,
                  [repeat](const std::vector<std::byte*>& at) { run(repeat, at[0], at[1]); });
  return true;
}

}  // namespace

bool lower_upsampling(Builder& b, const Node& node) {
  if (!node.domain.empty() || (node.op != "Resize" && node.op != "Upsample") || !node.post.empty()) return false;
  const auto type = b.type(node.inputs[0]);
  if ((type != DataType::f32 && graph::element_size(type) != 1) || node.text("mode", "nearest") != "nearest") return false;
  const auto factors = whole_factors(b.dims(node.inputs[0]), b.dims(node.outputs[0]));
  if (!factors || !repeats(node, std::max(factors->first, factors->second))) return false;
  return lower_repetition(b, node, factors->first, factors->second);
}

}  // namespace mien::runtime::engine
