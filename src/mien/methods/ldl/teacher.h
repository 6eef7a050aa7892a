// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "mien/methods/catalogue.h"
#include "mien/nn/network.h"

namespace mien {

/// What a weights file or run folder was trained to look at. Throws Error{not_found}, Error{bad_file}.
Preprocessing input_of(const std::string& weights);

/// A frozen network that answers with distributions ("LDG", report 002).
class Teacher {
 public:
  /// @param weights  file of `mien train` or `mien models import`, or a run folder
  /// Throws Error{mismatch} when its classes, input size or colour are not the task's. Another normalisation is converted.
  Teacher(const std::string& weights, const TaskInfo& task);

  Network& module() { return *network_; }
  /// softmax(logits / temperature), [N,K] without gradient, of images [N,C,H,W] that are preprocessed for the task.
  torch::Tensor distributions(const torch::Tensor& images, double temperature);

 private:
  std::shared_ptr<Network> network_;
  torch::Tensor scale_, shift_;  ///< [1,C,1,1] from the task's pixel values to the network's; undefined when they are the same
};

}  // namespace mien
