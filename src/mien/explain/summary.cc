// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/summary.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace mien {
namespace {

using Measure = std::function<double(const ExplainedImage&)>;

class Summary {
 public:
  Summary(ExplainResult& result, int resamples, std::uint64_t seed) : result_(result), resamples_(resamples), seed_(seed) {}

  void fill(std::size_t m) {
    MethodSummary& method = result_.methods[m];
    method.completeness_gap = mean([m](const auto& image) { return image.methods[m].completeness_gap; });
    method.deletion = mean([m](const auto& image) { return image.methods[m].deletion_area; });
    method.insertion = mean([m](const auto& image) { return image.methods[m].insertion_area; });
    fill_shares(m, &PartShares::positive, method.positive_shares);
    fill_shares(m, &PartShares::absolute, method.absolute_shares);
    if (map_method(method.method.name).is_control || method.deletion.n == 0) return;
    for (std::size_t c = 0; c < result_.methods.size(); ++c) {
      if (!map_method(result_.methods[c].method.name).is_control) continue;
      method.gains.push_back(
          {result_.methods[c].method.label(),
           mean([m, c](const auto& image) { return image.methods[c].deletion_area - image.methods[m].deletion_area; }),
           mean([m, c](const auto& image) { return image.methods[m].insertion_area - image.methods[c].insertion_area; })});
    }
  }

  /// What no image had the truth for (votes, landmarks) was not measured.
  void forget_unmeasured() {
    for (std::size_t k = result_.own_numbers.size(); k-- > 0;) {
      const auto measured = [k](const auto& image) { return k < image.own.size() && std::isfinite(image.own[k]); };
      if (std::any_of(result_.images.begin(), result_.images.end(), measured)) continue;
      result_.own_numbers.erase(result_.own_numbers.begin() + static_cast<std::ptrdiff_t>(k));
      for (auto& image : result_.images)
        if (k < image.own.size()) image.own.erase(image.own.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }

  void fill_own_means() {
    forget_unmeasured();
    for (std::size_t k = 0; k < result_.own_numbers.size(); ++k)
      result_.own_means.push_back(mean([k](const auto& image) { return k < image.own.size() ? image.own[k] : not_measured; }));
  }

  void fill_areas() {
    std::int64_t count = 0;
    for (const auto& image : result_.images) {
      if (image.areas.empty()) continue;
      result_.mean_areas.resize(image.areas.size(), 0.0);
      for (std::size_t r = 0; r < image.areas.size(); ++r) result_.mean_areas[r] += image.areas[r];
      ++count;
    }
    for (double& area : result_.mean_areas) area /= static_cast<double>(count);
  }

 private:
  MeanInterval mean(const Measure& measure) const {
    std::vector<double> values;
    for (const auto& image : result_.images) values.push_back(measure(image));
    return mean_interval(values, resamples_, seed_);
  }

  void fill_shares(std::size_t m, std::vector<double> PartShares::*kind, std::vector<MeanInterval>& into) const {
    if (result_.mean_areas.empty()) return;
    for (std::size_t r = 0; r < FaceRegions::names().size(); ++r)
      into.push_back(mean([=](const ExplainedImage& image) {
        const auto& shares = image.methods[m].shares.*kind;
        return shares.empty() ? not_measured : shares[r];
      }));
  }

  ExplainResult& result_;
  int resamples_;
  std::uint64_t seed_;
};

}  // namespace

void summarize(ExplainResult& result, int resamples, std::uint64_t seed) {
  Summary summary(result, resamples, seed);
  summary.fill_areas();
  summary.fill_own_means();
  for (std::size_t m = 0; m < result.methods.size(); ++m) summary.fill(m);
}

}  // namespace mien
