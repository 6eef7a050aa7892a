// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/metrics/landmark_error.h"

#include <fmt/format.h>

#include <algorithm>
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

/// Found minus reference in the frame of the reference's eyes, in eye distances; empty when no face was found.
using Deviations = std::vector<cv::Point2d>;

void check_points(const LandmarkAnswer& answer, const std::vector<cv::Point2f>& points, const char* what) {
  if (points.size() != point_count)
    throw Error(ErrorCode::bad_data, fmt::format("face '{}': expected 68 {} points, found {}", answer.id, what, points.size()));
  for (const auto& p : points)
    if (!std::isfinite(p.x) || !std::isfinite(p.y))
      throw Error(ErrorCode::bad_data, fmt::format("face '{}': a {} point is not finite", answer.id, what));
}

Deviations deviations_of(const LandmarkAnswer& answer) {
  check_points(answer, answer.reference, "reference");
  const cv::Point2d eyes = answer.reference[45] - answer.reference[36];
  const double square = eyes.dot(eyes);
  if (square <= 0)
    throw Error(ErrorCode::bad_data, fmt::format("face '{}': the outer eye corners (points 36 and 45) coincide", answer.id));
  if (answer.found.empty()) return {};
  check_points(answer, answer.found, "found");
  Deviations deviations;
  for (int k = 0; k < point_count; ++k) {
    const cv::Point2d d = cv::Point2d(answer.found[k]) - cv::Point2d(answer.reference[k]);
    deviations.emplace_back(d.dot(eyes) / square, eyes.cross(d) / square);
  }
  return deviations;
}

cv::Point2d mean_of(const std::vector<Deviations>& all) {
  cv::Point2d sum;
  double count = 0;
  for (const auto& one : all)
    for (const auto& d : one) sum += d, ++count;
  return count > 0 ? sum * (1 / count) : cv::Point2d(NAN, NAN);
}

void take_off(std::vector<Deviations>& all, cv::Point2d offset) {
  for (auto& one : all)
    for (auto& d : one) d -= offset;
}

void take_off_each_point(std::vector<Deviations>& all) {
  std::vector<cv::Point2d> sums(point_count);
  double count = 0;
  for (const auto& one : all) {
    if (one.empty()) continue;
    ++count;
    for (int k = 0; k < point_count; ++k) sums[k] += one[k];
  }
  for (auto& one : all)
    for (std::size_t k = 0; k < one.size(); ++k) one[k] -= sums[k] * (1 / count);
}

double mean_length(const Deviations& deviations, int first, int last) {
  double sum = 0;
  for (int k = first; k <= last; ++k) sum += cv::norm(deviations[k]);
  return sum / (last - first + 1);
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
      if (!one.empty()) sum += mean_length(one, region.first, region.last), ++count;
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
  result.offset = mean_of(deviations);
  if (options.remove_offset) take_off(deviations, result.offset);
  if (options.remove_point_offsets) take_off_each_point(deviations);
  for (const auto& one : deviations) {
    result.errors.push_back(one.empty() ? missing_error : mean_length(one, 0, point_count - 1));
    result.missing += one.empty() ? 1 : 0;
  }
  result.median = median_of_found(result.errors);
  result.regions = region_errors(deviations);

  const std::vector<Person> people = people_of(answers, result.errors, options.failure_limit);
  Person all;
  for (const auto& person : people) all += person;
  result.mean = all.found > 0 ? all.error / all.found : NAN;
  result.failure_rate = all.failures / all.faces;
  result.area = all.area / all.faces;
  const std::vector<Person> sums = resampled(people, options.resamples, options.seed);
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
