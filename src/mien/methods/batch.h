// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/loading/host_batch.h"
#include "mien/nn/torch.h"

namespace mien {

/// A batch as tensors on the device. Optional fields are undefined tensors when no sample has them.
struct Batch {
  torch::Tensor images;               ///< [N,C,H,W] float, preprocessed
  torch::Tensor indices;              ///< [N] int64, positions in the Dataset (memory banks, graphs)
  torch::Tensor labels;               ///< [N] int64, -1 = none
  torch::Tensor targets;              ///< [N,K] float, label distributions (one-hot where there is no other)
  torch::Tensor valence_arousal;      ///< [N,2]
  torch::Tensor has_valence_arousal;  ///< [N] float 0/1
  torch::Tensor action_units;         ///< [N,18]
  torch::Tensor has_action_units;     ///< [N] float 0/1
  torch::Tensor landmarks;            ///< [N,P,2] x,y in input pixels
  torch::Tensor has_landmarks;        ///< [N] float 0/1
  torch::Tensor heat_maps;            ///< [N,1,H,W]
  torch::Tensor masks;                ///< [N,1,H,W] in [0,1]

  std::int64_t size() const { return images.defined() ? images.size(0) : 0; }
};

/// Copies the plain memory into tensors on `device`; images in channels-last layout when asked.
Batch to_batch(const HostBatch& host, torch::Device device, bool channels_last);

}  // namespace mien
