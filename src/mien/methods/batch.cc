// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/batch.h"

namespace mien {
namespace {

template <typename T>
torch::Tensor tensor_of(const std::vector<T>& values, std::vector<std::int64_t> shape, torch::ScalarType type, torch::Device device) {
  if (values.empty()) return {};
  const auto view = torch::from_blob(const_cast<T*>(values.data()), shape, torch::TensorOptions().dtype(type));
  return view.to(device, type, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

Batch to_batch(const HostBatch& h, torch::Device device, bool channels_last) {
  const std::int64_t n = h.size;
  const auto floats = [&](const std::vector<float>& v, std::vector<std::int64_t> shape) {
    return tensor_of(v, std::move(shape), torch::kFloat32, device);
  };
  const auto flags = [&](const std::vector<std::uint8_t>& v) {
    const auto t = tensor_of(v, {n}, torch::kUInt8, device);
    return t.defined() ? t.to(torch::kFloat32) : t;
  };
  Batch b;
  if (n == 0) return b;
  const auto images = torch::from_blob(const_cast<float*>(h.images.data()), {n, h.channels, h.height, h.width});
  b.images = images.to(device, torch::kFloat32, false, true, channels_last ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::Contiguous);
  b.indices = tensor_of(h.indices, {n}, torch::kInt64, device);
  b.labels = tensor_of(h.labels, {n}, torch::kInt64, device);
  b.targets = floats(h.targets, {n, h.classes});
  b.valence_arousal = floats(h.valence_arousal, {n, 2});
  b.has_valence_arousal = flags(h.has_valence_arousal);
  b.action_units = floats(h.action_units, {n, 18});
  b.has_action_units = flags(h.has_action_units);
  b.landmarks = floats(h.landmarks, {n, h.landmark_count, 2});
  b.has_landmarks = flags(h.has_landmarks);
  b.heat_maps = floats(h.heat_maps, {n, 1, h.height, h.width});
  b.masks = floats(h.masks, {n, 1, h.height, h.width});
  return b;
}

}  // namespace mien
