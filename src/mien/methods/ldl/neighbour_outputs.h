// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mien/data/dataset.h"
#include "mien/image/preprocessing.h"
#include "mien/nn/network.h"

namespace mien {

/// What the network says of the neighbours of a batch's samples.
struct NeighbourOutputs {
  torch::Tensor log_p;  ///< [N,k,K] log f(x_j); anything finite where unknown
  torch::Tensor known;  ///< [N,k] 1, or 0 where there is no output yet
};

/// A memory [n,K] of log probabilities, float on the CPU, in which nothing is known yet.
torch::Tensor empty_memory(std::int64_t samples, std::int64_t classes);

/// Keeps the outputs `log_p` [N,K] of the samples at positions `indices` [N]; of samples that occur twice, the later.
void remember_outputs(torch::Tensor& memory, const torch::Tensor& indices, const torch::Tensor& log_p);

/// The outputs of positions `neighbours` [N,k] when they were last seen, an epoch ago or less, on the device and in the type of
/// `like`.
NeighbourOutputs recalled_outputs(const torch::Tensor& memory, const torch::Tensor& neighbours, const torch::Tensor& like);

/// Computes the outputs of the neighbours: their images as they are, not augmented, with stored statistics in batch norms and
/// without dropout, so that they leave no trace in the network. Each image is looked at once; the cost is up to k more images a
/// sample. Images that cannot be read are unknown. `images` of the batch say device, type and layout.
NeighbourOutputs neighbour_pass(Network& network, const std::shared_ptr<const Dataset>& dataset,
                                const Preprocessing& preprocessing, const torch::Tensor& neighbours, const torch::Tensor& images,
                                bool with_gradient);

}  // namespace mien
