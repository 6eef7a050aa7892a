// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/landmark_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/base/random.h"
#include "mien/metrics/counts.h"

namespace mien {
namespace {

constexpr int point_count = 68;
constexpr double missing_error = std::numeric_limits<double>::infinity();

struct RegionRange {
  const char* name;
  int first, last;
};
constexpr RegionRange regions[] = {{"jaw", 0, 16}, {"brows", 17, 26}, {"nose", 27, 35}, {"eyes", 36, 47}, {"mouth", 48, 67}};

/// Found minus reference in the frame of the reference's eyes, in eye distances, NaN where the reference is unknown; empty when
/// no face was found.
using Deviations = std::vector<cv::Point2d>;

void check_count(const LandmarkAnswer& answer, const std::vector<cv::Point2f>& points, const char* what) {
  if (points.size() != point_count)
    throw Error(ErrorCode::bad_data, fmt::format("face '{}': expected 68 {} points, found {}", answer.id, what, points.size()));
}

void check_found(const LandmarkAnswer& answer) {
  check_count(answer, answer.found, "found");
  for (const auto& p : answer.found)
    if (!std::isfinite(p.x) || !std::isfinite(p.y))
      throw Error(ErrorCode::bad_data, fmt::format("face '{}': a found point is not finite", answer.id));
}

void check_reference(const LandmarkAnswer& answer) {
  check_count(answer, answer.reference, "reference");
  for (const auto& p : answer.reference)
    if (std::isinf(p.x) || std::isinf(p.y) || std::isnan(p.x) != std::isnan(p.y))
      throw Error(ErrorCode::bad_data, fmt::format("face '{}': a reference point is not finite", answer.id));
}

bool is_known(const cv::Point2d& deviation) { return !std::isnan(deviation.x); }

Deviations deviations_of(const LandmarkAnswer& answer) {
  check_reference(answer);
  const cv::Point2d eyes = answer.reference[45] - answer.reference[36];
  const double square = eyes.dot(eyes);
  if (!(square > 0))
    throw Error(ErrorCode::bad_data, fmt::format("face '{}': the outer eye corners (points 36 and 45) {}", answer.id,
                                                 std::isnan(square) ? "are unknown" : "coincide"));
  if (answer.found.empty()) return {};
  check_found(answer);
  Deviations deviations;
  for (int k = 0; k < point_count; ++k) {
    const cv::Point2d d = cv::Point2d(answer.found[k]) - cv::Point2d(answer.reference[k]);
    deviations.emplace_back(d.dot(eyes) / square, eyes.cross(d) / square);
  }
  return deviations;
}

/// Deviations summed point by point, over the faces of one person or of all.
struct PointSums {
  std::array<cv::Point2d, point_count> sums{};
  std::array<double, point_count> counts{};

  void add(const Deviations& one) {
    for (std::size_t k = 0; k < one.size(); ++k)
      if (is_known(one[k])) sums[k] += one[k], ++counts[k];
  }
  PointSums without(const PointSums& part) const {
    PointSums rest = *this;
    for (std::size_t k = 0; k < point_count; ++k) rest.sums[k] -= part.sums[k], rest.counts[k] -= part.counts[k];
    return rest;
  }
  bool empty() const {
    return std::all_of(counts.begin(), counts.end(), [](double n) { return n == 0; });
  }
  /// (0, 0) for a point of which nothing is known.
  cv::Point2d mean(std::size_t k) const { return counts[k] > 0 ? sums[k] * (1 / counts[k]) : cv::Point2d(); }
  cv::Point2d mean_of_all() const {
    cv::Point2d sum;
    double count = 0;
    for (std::size_t k = 0; k < point_count; ++k) sum += sums[k], count += counts[k];
    return count > 0 ? sum * (1 / count) : cv::Point2d(NAN, NAN);
  }
};

/// A number a person; faces without a name are people of their own.
std::vector<std::size_t> people_by_number(const std::vector<LandmarkAnswer>& answers) {
  std::map<std::string, std::size_t> numbers;
  std::vector<std::size_t> result;
  std::size_t next = 0;
  for (const auto& answer : answers) {
    if (answer.identity.empty()) {
      result.push_back(next++);
      continue;
    }
    const auto [found, fresh] = numbers.try_emplace(answer.identity, next);
    next += fresh ? 1 : 0;
    result.push_back(found->second);
  }
  return result;
}

/// Takes off every face what the other people's faces say.
void take_off(std::vector<Deviations>& all, const std::vector<std::size_t>& person_of, const PointSums& total,
              bool point_by_point) {
  std::map<std::size_t, PointSums> own;
  for (std::size_t i = 0; i < all.size(); ++i) own[person_of[i]].add(all[i]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    PointSums others = total.without(own.at(person_of[i]));
    if (others.empty()) others = total;
    const cv::Point2d offset = others.mean_of_all();
    for (std::size_t k = 0; k < all[i].size(); ++k) all[i][k] -= point_by_point ? others.mean(k) : offset;
  }
}

/// Over the known points; NaN when there is none.
double mean_length(const Deviations& deviations, int first, int last) {
  double sum = 0, count = 0;
  for (int k = first; k <= last; ++k)
    if (is_known(deviations[k])) sum += cv::norm(deviations[k]), ++count;
  return sum / count;
}

double area_of(double error, double limit) { return std::max(0.0, 1 - error / limit); }

/// Sums over the faces of one person, so that a resample costs a few additions a person.
struct Person {
  double faces = 0, found = 0, error = 0, failures = 0, area = 0;
  Person& operator+=(const Person& other) {
    faces += other.faces, found += other.found, error += other.error, failures += other.failures, area += other.area;
    return *this;
  }
};

std::vector<Person> people_of(const std::vector<LandmarkAnswer>& answers, const std::vector<double>& errors, double limit) {
  std::map<std::string, Person> named;
  std::vector<Person> people;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool found = std::isfinite(errors[i]);
    const Person face{1, found ? 1.0 : 0.0, found ? errors[i] : 0.0, errors[i] > limit ? 1.0 : 0.0, area_of(errors[i], limit)};
    if (answers[i].identity.empty())
      people.push_back(face);
    else
      named[answers[i].identity] += face;
  }
  for (const auto& [name, person] : named) people.push_back(person);
  return people;
}

std::vector<Person> resampled(const std::vector<Person>& people, int resamples, std::uint64_t seed) {
  std::vector<Person> sums(resamples);
  const auto n = static_cast<std::int64_t>(people.size());
  parallel_for(resamples, 0, [&](std::int64_t i) {
    Random random(seed, static_cast<std::uint64_t>(i));
    for (std::int64_t k = 0; k < n; ++k) sums[i] += people[random.integer(n)];
  });
  return sums;
}

/// Over the resamples in which the quotient exists.
Interval interval_of(const std::vector<Person>& sums, double Person::*numerator, double Person::*denominator) {
  std::vector<double> values;
  for (const auto& sum : sums)
    if (sum.*denominator > 0) values.push_back(sum.*numerator / (sum.*denominator));
  return values.empty() ? Interval{NAN, NAN} : percentile_interval(std::move(values));
}

void check_options(const LandmarkErrorOptions& options) {
  if (!(options.failure_limit > 0) || !std::isfinite(options.failure_limit))
    throw Error(ErrorCode::usage, fmt::format("the failure limit must be positive, found {}", options.failure_limit));
  if (options.resamples < 1)
    throw Error(ErrorCode::usage, fmt::format("bootstrap resamples must be at least 1, found {}", options.resamples));
}

double median_of_found(const std::vector<double>& errors) {
  std::vector<double> found;
  for (const double e : errors)
    if (std::isfinite(e)) found.push_back(e);
  if (found.empty()) return NAN;
  std::sort(found.begin(), found.end());
  return (found[(found.size() - 1) / 2] + found[found.size() / 2]) / 2;
}

std::vector<LandmarkErrors::Region> region_errors(const std::vector<Deviations>& all) {
  std::vector<LandmarkErrors::Region> result;
  for (const auto& region : regions) {
    double sum = 0, count = 0;
    for (const auto& one : all)
      if (!one.empty())
        if (const double length = mean_length(one, region.first, region.last); std::isfinite(length)) sum += length, ++count;
    result.push_back({region.name, count > 0 ? sum / count : NAN});
  }
  return result;
}

}  // namespace

LandmarkErrors landmark_errors(const std::vector<LandmarkAnswer>& answers, const LandmarkErrorOptions& options) {
  check_options(options);
  if (answers.empty()) throw Error(ErrorCode::bad_data, "landmark errors of no face at all");
  std::vector<Deviations> deviations;
  for (const auto& answer : answers) deviations.push_back(deviations_of(answer));

  LandmarkErrors result;
  result.n = static_cast<std::int64_t>(answers.size());
  PointSums total;
  for (const auto& one : deviations) total.add(one);
  result.offset = total.mean_of_all();
  const auto people = people_by_number(answers);
  if (options.remove_offset) take_off(deviations, people, total, false);
  if (options.remove_point_offsets) take_off(deviations, people, total, true);
  for (const auto& one : deviations) {
    result.errors.push_back(one.empty() ? missing_error : mean_length(one, 0, point_count - 1));
    result.missing += one.empty() ? 1 : 0;
  }
  result.median = median_of_found(result.errors);
  result.regions = region_errors(deviations);

  const std::vector<Person> summed = people_of(answers, result.errors, options.failure_limit);
  Person all;
  for (const auto& person : summed) all += person;
  result.mean = all.found > 0 ? all.error / all.found : NAN;
  result.failure_rate = all.failures / all.faces;
  result.area = all.area / all.faces;
  const std::vector<Person> sums = resampled(summed, options.resamples, options.seed);
  result.mean_interval = interval_of(sums, &Person::error, &Person::found);
  result.failure_interval = interval_of(sums, &Person::failures, &Person::faces);
  result.area_interval = interval_of(sums, &Person::area, &Person::faces);
  return result;
}

std::vector<double> cumulative_errors(const LandmarkErrors& errors, double limit, int steps) {
  if (!(limit > 0) || steps < 1)
    throw Error(ErrorCode::usage, "a cumulative error curve needs a positive limit and at least one step");
  std::vector<double> sorted = errors.errors;
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> shares;
  for (int i = 0; i <= steps; ++i) {
    const auto below = std::upper_bound(sorted.begin(), sorted.end(), limit * i / steps) - sorted.begin();
    shares.push_back(sorted.empty() ? 0 : static_cast<double>(below) / static_cast<double>(sorted.size()));
  }
  return shares;
}

LandmarkDifference landmark_difference(const std::vector<LandmarkAnswer>& a, const std::vector<LandmarkAnswer>& b,
                                       const LandmarkErrorOptions& options) {
  const LandmarkErrors errors_a = landmark_errors(a, options), errors_b = landmark_errors(b, options);
  std::unordered_map<std::string, double> of_a;
  for (std::size_t i = 0; i < a.size(); ++i) of_a[a[i].id] = errors_a.errors[i];
  std::vector<LandmarkAnswer> common;
  std::vector<double> differences;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const auto found = of_a.find(b[i].id);
    if (found == of_a.end() || !std::isfinite(found->second) || !std::isfinite(errors_b.errors[i])) continue;
    common.push_back(b[i]);
    differences.push_back(errors_b.errors[i] - found->second);
  }
  if (common.empty()) throw Error(ErrorCode::bad_data, "the answers have no face in common that both found");
  const std::vector<Person> people = people_of(common, differences, options.failure_limit);
  Person all;
  for (const auto& person : people) all += person;
  return {static_cast<std::int64_t>(common.size()), all.error / all.found,
          interval_of(resampled(people, options.resamples, options.seed), &Person::error, &Person::found)};
}

}  // namespace mien
