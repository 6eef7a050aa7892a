// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/base/options.h"

namespace mien {

/// The privileged attribution loss (report 000; Bonnard et al. 2022, arXiv 2203.12905).
struct PalOptions {
  /// Inner layer whose attribution is constrained; "" = relu5_1 of VGG-16, else the last map with a sixteenth of the input's
  /// side. What the report calls "layer 15 of VGG16" is relu5_1 when Keras counts and relu3_3 when torchvision does.
  std::string layer;
  /// grad (|G|) | grad_input (|G| times the layer's output) | activation (the output itself, no gradient: the cheap control)
  std::string attribution = "grad_input";
  std::string channels = "mean";   ///< all (each is constrained) | mean (their average is)
  double channel_share = 0.5;      ///< the first channels, by index, that are constrained; the others are free
  /// pearson (minus the correlation, in [-1,1]) | sum (the report's sum of standardised attribution times prior) | sum_unbiased
  /// (the same, with the n - 1 standard deviation)
  std::string form = "pearson";
  double weight = 5;               ///< lambda; 0 = only measured
  double rise_epochs = 0;          ///< lambda grows from 0 over the first epochs
  double fall_power = 0;           ///< lambda times (1 - share of the training done)^x
  std::string prior = "landmarks"; ///< landmarks | shuffled (another image's landmarks: the control that must not help)
  std::string points = "all";      ///< all | jaw | brows | nose | eyes | mouth, joined by +
  double sigma_px = 3;             ///< of the prior's Gaussians, pixels of the network's input
  std::string resize = "area";     ///< how the prior comes to the layer's size: area | bilinear
  std::string batch_norm = "frozen";  ///< statistics of the attribution pass: frozen (stored ones, a second pass) | batch
};
void describe(PalOptions& options, OptionTable& table);

}  // namespace mien
