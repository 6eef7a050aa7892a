// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/sample_pipeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/attempt.h"
#include "mien/base/error.h"

namespace mien {
namespace {

constexpr std::uint64_t kAugmentPurpose = 2, kErasePurpose = 3;

/// The key of a sample's random numbers. An image that an epoch shows again gets new ones.
std::uint64_t sample_key(const EpochPlan& plan, std::size_t position) {
  const std::uint64_t repeat = plan.repeats.empty() ? 0 : plan.repeats[position];
  return static_cast<std::uint64_t>(plan.indices[position]) | repeat << 40;
}

}  // namespace

EpochPlan make_plan(std::int64_t epoch, std::vector<std::int64_t> indices, std::int64_t dataset_size) {
  EpochPlan plan{epoch, std::move(indices), {}};
  std::vector<std::uint32_t> seen(static_cast<std::size_t>(dataset_size), 0);
  plan.repeats.reserve(plan.indices.size());
  for (const std::int64_t index : plan.indices) plan.repeats.push_back(seen[static_cast<std::size_t>(index)]++);
  if (std::all_of(plan.repeats.begin(), plan.repeats.end(), [](std::uint32_t r) { return r == 0; })) plan.repeats.clear();
  return plan;
}

SamplePipeline::SamplePipeline(std::shared_ptr<const Dataset> dataset, Preprocessing preprocessing,
                               std::optional<AugmentOptions> augmentation, std::uint64_t seed)
    : dataset_(std::move(dataset)),
      preprocessing_(std::move(preprocessing)),
      augmentation_(std::move(augmentation)),
      seed_(seed) {
  if (!dataset_) throw Error(ErrorCode::usage, "loader: no data set");
  check_preprocessing(preprocessing_);
}

std::optional<Sample> SamplePipeline::load(std::int64_t index, std::string& reason) const {
  std::optional<Sample> sample;
  const auto problem = attempt_one_of_run(dataset_->records[static_cast<std::size_t>(index)].id, [&] { sample = dataset_->load(index); });
  if (problem) reason = problem->what();
  return problem ? std::nullopt : std::move(sample);
}

void SamplePipeline::prepare(const EpochPlan& plan, std::int64_t position, float* pixels, PreparedSample& out) const {
  const auto at = static_cast<std::size_t>(position);
  const auto epoch = static_cast<std::uint64_t>(plan.epoch);
  const int width = preprocessing_.width, height = preprocessing_.height;
  out.index = plan.indices[at];
  auto sample = load(out.index, out.reason);
  out.usable = sample.has_value();
  if (!sample) return;
  if (augmentation_)
    augment_and_fit(*sample, *augmentation_, Random(seed_, kAugmentPurpose, epoch, sample_key(plan, at)), preprocessing_);
  else
    fit_to_input(*sample, preprocessing_);
  if (sample->image.cols != width || sample->image.rows != height)
    throw Error(ErrorCode::bad_data, fmt::format("image '{}' was fitted to {}x{}, expected {}x{}", sample->id, sample->image.cols,
                                                 sample->image.rows, width, height));
  write_normalized(sample->image, preprocessing_, pixels);
  if (augmentation_ && augmentation_->erase > 0) {
    Random random(seed_, kErasePurpose, epoch, sample_key(plan, at));
    erase_random(pixels, preprocessing_.channels(), height, width, *augmentation_, random);
  }
  out.annotations = std::move(sample->annotations);
  out.mask = std::move(sample->mask);
  out.heat_map = std::move(sample->heat_map);
}

}  // namespace mien
