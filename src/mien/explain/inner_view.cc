// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/inner_view.h"

namespace mien {

std::vector<InnerPicture> InnerView::pictures(const Batch& batch) const {
  const std::int64_t height = batch.images.size(2), width = batch.images.size(3);
  std::vector<InnerPicture> out;
  for (const Model& model : models_)
    for (const InnerMap& map : model.method->inner_maps(batch)) {
      const auto enlarged = at::upsample_bilinear2d(map.values.to(torch::kFloat32).unsqueeze(1), {height, width}, false).squeeze(1);
      if (!model.name.empty() && !map.correlation.defined()) continue;  // the prior is the same for all
      out.push_back({model.name.empty() ? map.name : model.name + ": " + map.name, enlarged.to(torch::kCPU).contiguous(),
                     map.correlation.defined() ? map.correlation.to(torch::kCPU, torch::kFloat64) : torch::Tensor()});
    }
  return out;
}

std::vector<torch::Tensor> InnerView::measure(const Batch& batch, std::vector<OwnNumber>& names) const {
  const bool name_them = names.empty();
  std::vector<torch::Tensor> out;
  for (const Model& model : models_)
    for (const Measurement& one : model.method->measure(batch)) {
      if (name_them) names.push_back({one.name, model.name});
      out.push_back(one.values.to(torch::kCPU, torch::kFloat64));
    }
  return out;
}

}  // namespace mien
