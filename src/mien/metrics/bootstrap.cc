// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_map>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/base/random.h"
#include "mien/metrics/classification.h"
#include "mien/metrics/counts.h"

namespace mien {
namespace {

/// What a resample needs of an image: 16 bytes, so that ten thousand of them stay in the second-level cache.
struct Outcome {
  std::int32_t cell;
  std::int16_t bin;
  bool hit;
  double confidence;
};

std::vector<Outcome> outcomes_of(const Predictions& predictions) {
  const std::vector<int> predicted = predicted_classes(predictions);
  const std::vector<double> p = probabilities(predictions);
  std::vector<Outcome> outcomes(predicted.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const double confidence = p[i * predictions.classes + predicted[i]];
    outcomes[i] = {predictions.labels[i] * predictions.classes + predicted[i],
                   static_cast<std::int16_t>(calibration_bin(confidence)), predicted[i] == predictions.labels[i], confidence};
  }
  return outcomes;
}

struct ResampleScores {
  double accuracy, balanced_accuracy, macro_f1, ece;
};

ResampleScores score_resample(const std::vector<Outcome>& outcomes, int classes, Random random) {
  std::vector<std::int64_t> confusion(static_cast<std::size_t>(classes) * classes);
  std::array<double, calibration_bins> gap{};
  const auto n = static_cast<std::int64_t>(outcomes.size());
  for (std::int64_t i = 0; i < n; ++i) {
    const Outcome& one = outcomes[random.integer(n)];
    ++confusion[one.cell];
    gap[one.bin] += (one.hit ? 1 : 0) - one.confidence;
  }
  const MacroScores scores = macro_scores(confusion, classes);
  double ece = 0;
  for (const double one : gap) ece += std::abs(one) / static_cast<double>(n);
  return {scores.accuracy, scores.balanced_accuracy, scores.f1, ece};
}

void check_resamples(int resamples) {
  if (resamples < 1) throw Error(ErrorCode::usage, fmt::format("bootstrap resamples must be at least 1, found {}", resamples));
}

using Correctness = std::unordered_map<std::string, std::pair<int, double>>;  // id -> true class, correctness

std::string id_of(const Predictions& predictions, std::size_t row) {
  return predictions.ids.empty() ? std::to_string(row) : predictions.ids[row];
}

Correctness correctness_of(const Predictions& predictions) {
  const std::vector<int> predicted = predicted_classes(predictions);
  Correctness result;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const int label = predictions.labels[i];
    if (!result.try_emplace(id_of(predictions, i), label, predicted[i] == label ? 1.0 : 0.0).second)
      throw Error(ErrorCode::bad_data, fmt::format("image id '{}' occurs twice among the predictions", id_of(predictions, i)));
  }
  return result;
}

/// Adds `next` to `sum`, keeping the images that both have.
void add_common(Correctness& sum, const Correctness& next, double sign) {
  for (auto entry = sum.begin(); entry != sum.end();) {
    const auto found = next.find(entry->first);
    if (found == next.end()) {
      entry = sum.erase(entry);
      continue;
    }
    if (found->second.first != entry->second.first)
      throw Error(ErrorCode::mismatch,
                  fmt::format("image '{}' is of class {} in one set of predictions and of class {} in another", entry->first,
                              entry->second.first, found->second.first),
                  "Compare runs that were evaluated on the same data with the same label space.");
    entry->second.second += sign * found->second.second;
    ++entry;
  }
}

void check_comparable(const std::vector<const Predictions*>& group, const Predictions& first) {
  if (group.empty()) throw Error(ErrorCode::bad_data, "a comparison needs predictions on both sides");
  for (const Predictions* one : group) {
    check_predictions(*one);
    if (one->classes != first.classes)
      throw Error(ErrorCode::mismatch,
                  fmt::format("predictions of {} and of {} classes cannot be compared", first.classes, one->classes));
    if (one->ids.empty() != first.ids.empty() || (one->ids.empty() && one->size() != first.size()))
      throw Error(ErrorCode::bad_data, "predictions without image ids can be compared only row by row, with equally many rows");
  }
}

/// Mean correctness in b minus mean correctness in a, in the order of the first set's images.
std::vector<double> differences(const std::vector<const Predictions*>& a, const std::vector<const Predictions*>& b) {
  Correctness sum = correctness_of(*b.front());
  for (auto& [id, value] : sum) value.second /= static_cast<double>(b.size());
  for (std::size_t i = 1; i < b.size(); ++i) add_common(sum, correctness_of(*b[i]), 1.0 / static_cast<double>(b.size()));
  for (const Predictions* one : a) add_common(sum, correctness_of(*one), -1.0 / static_cast<double>(a.size()));
  std::vector<double> result;
  for (std::size_t i = 0; i < b.front()->labels.size(); ++i)
    if (const auto found = sum.find(id_of(*b.front(), i)); found != sum.end()) result.push_back(found->second.second);
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

Interval percentile_interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double position = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
  };
  return {at(0.025), at(0.975)};
}

BootstrapIntervals bootstrap_intervals(const Predictions& predictions, int resamples, std::uint64_t seed) {
  check_resamples(resamples);
  const std::vector<Outcome> outcomes = outcomes_of(predictions);
  std::vector<ResampleScores> scores(resamples);
  parallel_for(resamples, 0, [&](std::int64_t i) {
    scores[i] = score_resample(outcomes, predictions.classes, Random(seed, static_cast<std::uint64_t>(i)));
  });
  const auto interval = [&](double ResampleScores::*member) {
    std::vector<double> values;
    for (const auto& one : scores) values.push_back(one.*member);
    return percentile_interval(std::move(values));
  };
  return {interval(&ResampleScores::accuracy), interval(&ResampleScores::balanced_accuracy), interval(&ResampleScores::macro_f1),
          interval(&ResampleScores::ece)};
}

PairedDifference paired_difference(const std::vector<const Predictions*>& a, const std::vector<const Predictions*>& b,
                                   int resamples, std::uint64_t seed) {
  check_resamples(resamples);
  if (a.empty()) throw Error(ErrorCode::bad_data, "a comparison needs predictions on both sides");
  check_comparable(a, *a.front());
  check_comparable(b, *a.front());
  const std::vector<double> difference = differences(a, b);
  if (difference.empty())
    throw Error(ErrorCode::bad_data, "the predictions have no image in common", "Evaluate all models on the same split.");
  const auto n = static_cast<std::int64_t>(difference.size());
  std::vector<double> means(resamples);
  parallel_for(resamples, 0, [&](std::int64_t i) {
    Random random(seed, static_cast<std::uint64_t>(i));
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += difference[random.integer(n)];
    means[i] = sum / static_cast<double>(n);
  });
  return {n, mean(difference), percentile_interval(std::move(means))};
}

PairedDifference paired_difference(const Predictions& a, const Predictions& b, int resamples, std::uint64_t seed) {
  return paired_difference(std::vector{&a}, std::vector{&b}, resamples, seed);
}

}  // namespace mien
