// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mien {

/// Class probabilities and truth of a test set, row by row.
struct Predictions {
  int classes = 0;
  std::vector<std::string> ids;  ///< [N] image ids; may be empty
  std::vector<float> logits;     ///< [N,K] row-major, before the softmax and before the temperature
  std::vector<int> labels;       ///< [N] true class index
  double temperature = 1;        ///< probabilities are softmax(logits / temperature)
  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
};

/// Throws Error{bad_data} when there are no rows, the sizes contradict each other, a label is not in 0..K-1 or the
/// temperature is not positive, and Error{numeric} for logits that are not finite. Every function below calls it.
void check_predictions(const Predictions& predictions);

/// softmax(logits / temperature), [N,K], in double precision.
std::vector<double> probabilities(const Predictions& predictions);

/// [N] position of the largest logit of each row, the first one among equals.
std::vector<int> predicted_classes(const Predictions& predictions);

/// [N] -log p[label] of each row.
std::vector<double> negative_log_likelihoods(const Predictions& predictions);

struct Interval {
  double low = 0, high = 0;
};

/// Definitions as in report 004 and sklearn; macro values average over classes that occur among labels or predictions.
/// A ratio with denominator 0 is 0 (precision of a class never predicted; kappa when chance alone explains everything).
struct ClassificationMetrics {
  std::int64_t n = 0;
  double accuracy = 0, balanced_accuracy = 0, top2_accuracy = 0;
  double macro_precision = 0, macro_recall = 0;
  double macro_f1 = 0;     ///< mean of the per-class F1
  double f1_of_macro = 0;  ///< 2PR/(P+R) of macro precision and recall (report 001)
  double cohen_kappa = 0;
  double class_accuracy_mean = 0, class_accuracy_variance = 0;       ///< over classes with labels, population variance
  double nll = 0, ece = 0, mce = 0, brier = 0, mean_confidence = 0;  ///< 15 equal-width bins (k/15,(k+1)/15]
  std::vector<double> precision, recall, f1;                         ///< [K]
  std::vector<std::int64_t> support;                                 ///< [K] images of each true class
  std::vector<std::vector<std::int64_t>> confusion;                  ///< rows = true class, columns = predicted
  struct Bin {
    std::int64_t count = 0;
    double accuracy = 0, confidence = 0;
  };
  std::vector<Bin> reliability;  ///< 15 bins
};
ClassificationMetrics classification_metrics(const Predictions& predictions);

/// 95 % Wilson score interval of a share: `successes` of `n`; [0,1] for n = 0.
Interval wilson_interval(std::int64_t successes, std::int64_t n);

/// 95 % percentile bootstrap intervals (images resampled; the same seed gives the same interval on any number of
/// threads). Throws Error{usage} for resamples < 1.
struct BootstrapIntervals {
  Interval accuracy, balanced_accuracy, macro_f1, ece;
};
BootstrapIntervals bootstrap_intervals(const Predictions& predictions, int resamples, std::uint64_t seed);

/// Difference of accuracies b - a on the same images (matched by id, or row by row when both have no ids), with a paired
/// bootstrap interval. Throws Error{bad_data} when no image is common or an id occurs twice, and Error{mismatch} when an
/// image has two true classes.
struct PairedDifference {
  std::int64_t n = 0;
  double accuracy = 0;
  Interval interval;
};
PairedDifference paired_difference(const Predictions& a, const Predictions& b, int resamples, std::uint64_t seed);
/// The same between two groups of models (say, five random seeds each): every image counts with its mean correctness in
/// each group. The interval is about the choice of images, not of seeds.
PairedDifference paired_difference(const std::vector<const Predictions*>& a, const std::vector<const Predictions*>& b,
                                   int resamples, std::uint64_t seed);

/// The temperature in [0.05,20] that minimises the NLL of softmax(logits / T) (golden section on log T). The temperature
/// that `predictions` carries is ignored.
double fit_temperature(const Predictions& predictions);

}  // namespace mien
