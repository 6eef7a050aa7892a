// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/explain/explain_result.h"
#include "mien/methods/method.h"

namespace mien {

/// An inner map of one model, enlarged to the input.
struct InnerPicture {
  std::string caption;   ///< "baseline: constrained channels"
  torch::Tensor values;  ///< [N,H,W] float32 on the CPU
  torch::Tensor correlation;  ///< [N] float64 on the CPU; undefined when there is none
};

/// What the explained method and the models beside it show of themselves (Method::inner_maps).
class InnerView {
 public:
  /// `name` "" = the explained model. The method must outlive this.
  void add(const std::string& name, Method& method) { models_.push_back({name, &method}); }
  std::vector<InnerPicture> pictures(const Batch& batch) const;
  /// The measurements of every model, one value a sample; fills `names` at the first batch that has any.
  std::vector<torch::Tensor> measure(const Batch& batch, std::vector<OwnNumber>& names) const;

 private:
  struct Model {
    std::string name;
    Method* method;
  };
  std::vector<Model> models_;
};

}  // namespace mien
