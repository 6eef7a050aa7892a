// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/sampler.h"

#include <fmt/format.h>

#include <numeric>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/base/text.h"
#include "mien/data/strata.h"

namespace mien {

void describe(SamplerOptions& o, OptionTable& t) {
  const std::string s = "sampler";
  t.add(s, "sampler", &o.kind, "Which samples an epoch shows, and in which order")
      .one_of({"sequential", "shuffled", "balanced", "undersampled", "per_class"});
  t.add(s, "per_class", &o.per_class, "per_class: samples of each class in turn").range(1, 1e6);
  t.add(s, "samples_per_epoch", &o.samples, "balanced, per_class: samples of an epoch; 0 = size of the data set").range(0, 1e12);
}

namespace {

using Indices = std::vector<std::int64_t>;

constexpr std::uint64_t kSamplerPurpose = 1;

Indices all_indices(const Dataset& dataset) {
  Indices indices(dataset.records.size());
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

/// The records of every class that has some, in data set order.
std::vector<Indices> indices_by_class(const Dataset& dataset, const std::string& kind) {
  std::vector<Indices> classes;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const int c = stratum_of(dataset.records[static_cast<std::size_t>(i)].annotations);
    if (c < 0) continue;
    if (static_cast<std::size_t>(c) >= classes.size()) classes.resize(static_cast<std::size_t>(c) + 1);
    classes[static_cast<std::size_t>(c)].push_back(i);
  }
  std::erase_if(classes, [](const Indices& members) { return members.empty(); });
  if (classes.empty())
    throw Error(ErrorCode::bad_data,
                fmt::format("sampler '{}' needs labelled records; the data set '{}' has none among {}", kind, dataset.name,
                            dataset.size()),
                "Use the sampler 'shuffled' or 'sequential'.");
  return classes;
}

std::int64_t any_of(const Indices& members, Random& random) {
  return members[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(members.size())))];
}

Indices balanced(const std::vector<Indices>& classes, std::int64_t count, Random& random) {
  Indices drawn(static_cast<std::size_t>(count));
  for (auto& index : drawn)
    index = any_of(classes[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(classes.size())))], random);
  return drawn;
}

Indices undersampled(std::vector<Indices> classes, Random& random) {
  std::size_t smallest = classes.front().size();
  for (const auto& members : classes) smallest = std::min(smallest, members.size());
  Indices drawn;
  drawn.reserve(smallest * classes.size());
  for (auto& members : classes) {
    random.shuffle(members);
    drawn.insert(drawn.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(smallest));
  }
  random.shuffle(drawn);
  return drawn;
}

Indices per_class(const std::vector<Indices>& classes, std::int64_t count, std::int64_t t, Random& random) {
  const std::int64_t block = t * static_cast<std::int64_t>(classes.size());
  Indices drawn(static_cast<std::size_t>(std::max<std::int64_t>(count / block, 1) * block));
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = any_of(classes[i % classes.size()], random);
  return drawn;
}

}  // namespace

std::vector<std::int64_t> epoch_indices(const SamplerOptions& options, const Dataset& dataset, std::uint64_t seed,
                                        std::int64_t epoch) {
  if (options.samples < 0)
    throw Error(ErrorCode::usage, fmt::format("sampler: samples is {}, expected 0 or more", options.samples));
  if (options.per_class < 1)
    throw Error(ErrorCode::usage, fmt::format("sampler: per_class is {}, expected 1 or more", options.per_class));
  Random random(seed, kSamplerPurpose, static_cast<std::uint64_t>(epoch));
  const std::int64_t count = options.samples > 0 ? options.samples : dataset.size();
  const std::string& kind = options.kind;
  if (kind == "sequential") return all_indices(dataset);
  if (kind == "shuffled") {
    Indices indices = all_indices(dataset);
    random.shuffle(indices);
    return indices;
  }
  if (kind == "balanced") return balanced(indices_by_class(dataset, kind), count, random);
  if (kind == "undersampled") return undersampled(indices_by_class(dataset, kind), random);
  if (kind == "per_class") return per_class(indices_by_class(dataset, kind), count, options.per_class, random);
  throw Error(ErrorCode::usage, fmt::format("unknown sampler '{}'", kind),
              suggestion(kind, {"sequential", "shuffled", "balanced", "undersampled", "per_class"}));
}

}  // namespace mien
