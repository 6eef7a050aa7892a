// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/faithfulness.h"

#include <algorithm>
#include <numeric>

#include "mien/base/random.h"

namespace mien {
namespace {

constexpr std::uint64_t tie_purpose = 0x7469652d31;

/// [N,H,W] rank of every pixel, 0 = highest value. Equal values come in a random order, or the top of the picture would
/// go first wherever a map is zero.
torch::Tensor ranks_of(const torch::Tensor& maps, std::uint64_t seed) {
  const std::int64_t pixels = maps.size(1) * maps.size(2);
  std::vector<std::int64_t> mixed(static_cast<std::size_t>(pixels));
  std::iota(mixed.begin(), mixed.end(), 0);
  Random(seed, tie_purpose).shuffle(mixed);
  const auto shuffle = torch::tensor(mixed, torch::kInt64);
  const auto flat = maps.to(torch::kCPU).flatten(1).index_select(1, shuffle);
  const auto order = shuffle.index_select(0, std::get<1>(torch::sort(flat, /*stable=*/true, 1, /*descending=*/true)).flatten());
  auto ranks = torch::empty_like(flat, torch::kInt64);
  ranks.scatter_(1, order.view_as(flat), torch::arange(pixels, torch::kInt64).expand_as(flat));
  return ranks.view_as(maps);
}

/// Asks the model in batches of pictures that are made when they are needed.
class Watcher {
 public:
  Watcher(const ExplainedModel& model, const torch::Tensor& images, const torch::Tensor& labels, double temperature)
      : model_(model), temperature_(temperature) {
    labels_ = torch::where(labels < 0, model.logits(images).argmax(1), labels);
  }

  /// [N] probability of each picture's watched class.
  std::vector<double> operator()(const torch::Tensor& pictures) const {
    const auto p = torch::softmax(model_.logits(pictures).to(torch::kFloat64) / temperature_, 1);
    const auto watched = p.gather(1, labels_.unsqueeze(1)).squeeze(1).to(torch::kCPU).contiguous();
    return {watched.data_ptr<double>(), watched.data_ptr<double>() + watched.numel()};
  }

  /// The same for several variants of all pictures, one after the other, as one batch.
  std::vector<std::vector<double>> operator()(const std::vector<torch::Tensor>& variants) const {
    const Watcher repeated(*this, static_cast<std::int64_t>(variants.size()));
    const auto all = repeated(torch::cat(variants));
    const std::size_t n = all.size() / variants.size();
    std::vector<std::vector<double>> parts;
    for (std::size_t v = 0; v < variants.size(); ++v)
      parts.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(v * n),
                         all.begin() + static_cast<std::ptrdiff_t>((v + 1) * n));
    return parts;
  }

 private:
  Watcher(const Watcher& one, std::int64_t times)
      : model_(one.model_), temperature_(one.temperature_), labels_(one.labels_.repeat({times})) {}

  const ExplainedModel& model_;
  double temperature_;
  torch::Tensor labels_;
};

}  // namespace

double area_under(const std::vector<double>& curve) {
  double sum = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) sum += 0.5 * (curve[i - 1] + curve[i]);
  return curve.size() > 1 ? sum / static_cast<double>(curve.size() - 1) : 0;
}

std::vector<FaithfulnessCurves> faithfulness(const ExplainedModel& model, const torch::Tensor& images,
                                             const torch::Tensor& replacements, const torch::Tensor& maps,
                                             const torch::Tensor& labels, double temperature,
                                             const FaithfulnessOptions& options) {
  torch::NoGradGuard no_grad;
  const std::int64_t pixels = maps.size(1) * maps.size(2), steps = options.steps;
  const auto n = static_cast<std::size_t>(images.size(0));
  const auto ranks = ranks_of(maps, options.seed).to(images.device()).unsqueeze(1);
  const Watcher watch(model, images, labels, temperature);

  // Both curves meet the whole picture at one end and the replacement at the other.
  const auto whole = watch(images), gone = watch(replacements);
  std::vector<FaithfulnessCurves> curves(n);
  for (std::size_t i = 0; i < n; ++i) {
    curves[i].deletion.assign(static_cast<std::size_t>(steps) + 1, gone[i]);
    curves[i].insertion.assign(static_cast<std::size_t>(steps) + 1, whole[i]);
    curves[i].deletion.front() = whole[i];
    curves[i].insertion.front() = gone[i];
  }
  const std::int64_t together = std::max<std::int64_t>(options.batch_size / (2 * images.size(0)), 1);
  for (std::int64_t first = 1; first < steps; first += together) {
    const std::int64_t last = std::min(first + together, steps);
    std::vector<torch::Tensor> variants;
    for (std::int64_t k = first; k < last; ++k) {
      const std::int64_t count = (2 * k * pixels + steps) / (2 * steps);  // k / steps of the pixels, rounded
      const auto taken = ranks < count;
      variants.push_back(torch::where(taken, replacements, images));
      variants.push_back(torch::where(taken, images, replacements));
    }
    const auto seen = watch(variants);
    for (std::int64_t k = first; k < last; ++k)
      for (std::size_t i = 0; i < n; ++i) {
        curves[i].deletion[static_cast<std::size_t>(k)] = seen[static_cast<std::size_t>(2 * (k - first))][i];
        curves[i].insertion[static_cast<std::size_t>(k)] = seen[static_cast<std::size_t>(2 * (k - first) + 1)][i];
      }
  }
  for (auto& one : curves) {
    one.deletion_area = area_under(one.deletion);
    one.insertion_area = area_under(one.insertion);
  }
  return curves;
}

}  // namespace mien
