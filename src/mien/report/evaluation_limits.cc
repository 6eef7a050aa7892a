// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mien/base/text.h"
#include "mien/report/evaluation_html.h"

namespace mien {
namespace {

/// Below this many images a recall has an interval wider than about +-10 points.
constexpr std::int64_t few_images = 100;

std::string small_classes(const EvaluationResult& result) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < result.class_names.size(); ++c) {
    const auto support = result.metrics.support[c];
    if (support > 0 && support < few_images) names.push_back(fmt::format("{} ({})", result.class_names[c], support));
  }
  return join(names, ", ");
}

std::string absent_classes(const EvaluationResult& result) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < result.class_names.size(); ++c)
    if (result.metrics.support[c] == 0) names.push_back(result.class_names[c]);
  return join(names, ", ");
}

}  // namespace

std::vector<std::string> limits_of(const EvaluationResult& result) {
  const auto& m = result.metrics;
  std::vector<std::string> limits{
      "The labels are judgements of people who looked at single pictures: the numbers measure agreement with them, not what the "
      "persons shown felt.",
      "They hold for pictures like these. Other cameras, light, head poses, ages, skin tones and cultures can give other "
      "numbers; "
      "nothing here was broken down by such groups.",
  };
  if (result.intervals)
    limits.push_back(
        "The intervals resample the images of this one model. They do not cover the random seed of training, and they are too "
        "narrow where several pictures show the same person.");
  if (const auto names = small_classes(result); !names.empty())
    limits.push_back(fmt::format(
        "Few images, wide intervals: {}. Balanced accuracy and macro F1 lean on these classes as much as on the others.", names));
  if (const auto names = absent_classes(result); !names.empty())
    limits.push_back(fmt::format("No image is labelled {}: how the model does there is not known.", names));
  const auto largest = *std::max_element(m.support.begin(), m.support.end());
  if (m.support.size() > 1)
    limits.push_back(fmt::format("Always answering the most frequent class would reach {:.1f} % accuracy here.",
                                 100.0 * static_cast<double>(largest) / static_cast<double>(m.n)));
  if (result.predictions.temperature != 1)
    limits.push_back(fmt::format(
        "Probabilities are softened by the temperature {:.3f}. If it was fitted on these same images, the calibration shown is "
        "better than on new ones.",
        result.predictions.temperature));
  limits.push_back(
      fmt::format("The calibration error is biased upwards for few images; it rests on {} here, in 15 bins.", with_commas(m.n)));
  if (!result.failures.empty())
    limits.push_back(fmt::format("{} images could not be processed and count nowhere above.",
                                 with_commas(static_cast<long long>(result.failures.size()))));
  for (const auto& [name, value] : result.facts)
    if (to_lower(name).find("excluded") != std::string::npos)
      limits.push_back(fmt::format(
          "Not counted: {}, {}. Such images are often the ambiguous ones, so the numbers flatter the model.", name, value));
  return limits;
}

}  // namespace mien
