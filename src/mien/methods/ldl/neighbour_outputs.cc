// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/neighbour_outputs.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "mien/base/parallel.h"
#include "mien/loading/sample_pipeline.h"
#include "mien/methods/losses.h"
#include "mien/nn/eval_mode.h"

namespace mien {
namespace {

/// The different values of `neighbours`, and where each entry's is among them.
struct Distinct {
  std::vector<std::int64_t> positions;
  torch::Tensor place;  ///< [N*k]
};

Distinct distinct(const torch::Tensor& neighbours) {
  const auto flat = neighbours.contiguous().view(-1);
  const auto* begin = flat.data_ptr<std::int64_t>();
  Distinct out{{begin, begin + flat.numel()}, torch::empty({flat.numel()}, torch::kInt64)};
  std::sort(out.positions.begin(), out.positions.end());
  out.positions.erase(std::unique(out.positions.begin(), out.positions.end()), out.positions.end());
  auto* place = out.place.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < flat.numel(); ++i)
    place[i] = std::lower_bound(out.positions.begin(), out.positions.end(), begin[i]) - out.positions.begin();
  return out;
}

/// Images [U,C,H,W] and a flag [U] each.
std::pair<torch::Tensor, torch::Tensor> load_images(const std::shared_ptr<const Dataset>& dataset,
                                                    const Preprocessing& preprocessing,
                                                    const std::vector<std::int64_t>& positions) {
  const SamplePipeline pipeline(dataset, preprocessing, std::nullopt, 0);
  const auto count = static_cast<std::int64_t>(positions.size());
  auto images = torch::zeros({count, preprocessing.channels(), preprocessing.height, preprocessing.width});
  auto readable = torch::zeros({count});
  const EpochPlan plan{.epoch = 0, .indices = positions, .repeats = {}};
  float* pixels = images.data_ptr<float>();
  float* flags = readable.data_ptr<float>();
  const std::int64_t image_size = count > 0 ? images.numel() / count : 0;
  parallel_for(count, torch::get_num_threads(), [&](std::int64_t i) {
    PreparedSample sample;
    pipeline.prepare(plan, i, pixels + i * image_size, sample);
    flags[i] = sample.usable ? 1.0F : 0.0F;
  });
  return {images, readable};
}

}  // namespace

torch::Tensor empty_memory(std::int64_t samples, std::int64_t classes) {
  return torch::full({samples, classes}, std::numeric_limits<float>::quiet_NaN());
}

void remember_outputs(torch::Tensor& memory, const torch::Tensor& indices, const torch::Tensor& log_p) {
  const auto rows = indices.to(torch::kCPU).contiguous();
  const auto values = log_p.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  const std::int64_t classes = memory.size(1);
  for (std::int64_t i = 0; i < rows.size(0); ++i)
    std::copy_n(values.data_ptr<float>() + i * classes, classes,
                memory.data_ptr<float>() + rows.data_ptr<std::int64_t>()[i] * classes);
}

NeighbourOutputs recalled_outputs(const torch::Tensor& memory, const torch::Tensor& neighbours, const torch::Tensor& like) {
  const auto rows =
      memory.index_select(0, neighbours.reshape({-1})).reshape({neighbours.size(0), neighbours.size(1), memory.size(1)});
  const auto unknown = torch::isnan(rows.select(2, 0));
  return {rows.masked_fill(unknown.unsqueeze(2), 0).to(like.options()), unknown.logical_not().to(like.options())};
}

NeighbourOutputs neighbour_pass(Network& network, const std::shared_ptr<const Dataset>& dataset,
                                const Preprocessing& preprocessing, const torch::Tensor& neighbours, const torch::Tensor& images,
                                bool with_gradient) {
  const Distinct once = distinct(neighbours);
  const auto [loaded, readable] = load_images(dataset, preprocessing, once.positions);
  const torch::AutoGradMode gradient(with_gradient);
  const EvalMode stored_statistics(network);
  Taps taps;
  const auto input = loaded.to(images.options()).contiguous(images.suggest_memory_format());
  const auto log_p = torch::log_softmax(full_precision(network.forward(input, taps)), 1);
  const auto place = once.place.to(images.device());
  const std::int64_t n = neighbours.size(0), k = neighbours.size(1);
  return {log_p.index_select(0, place).reshape({n, k, log_p.size(1)}),
          readable.to(images.device(), log_p.scalar_type()).index_select(0, place).reshape({n, k})};
}

}  // namespace mien
