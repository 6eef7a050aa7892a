// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mien {

/// Vectors of one length, one after the other. Does not own them.
struct VectorSet {
  std::span<const float> values;  ///< [count, dims]
  std::int64_t dims = 0;

  std::int64_t count() const { return dims > 0 ? static_cast<std::int64_t>(values.size()) / dims : 0; }
  std::span<const float> operator[](std::int64_t i) const {
    return values.subspan(static_cast<std::size_t>(i * dims), static_cast<std::size_t>(dims));
  }
};

/// Throws Error{bad_data} when the values are no whole number of vectors, Error{numeric} that names the vector and the place of
/// the first value that is not finite.
void check_vectors(const VectorSet& vectors);

/// Identity of the content: other values or another length give another text.
std::string hash_of(const VectorSet& vectors);

/// The square of the Euclidean distance, in double, summed in the order of the places: the same on every machine, and the same
/// in both directions.
inline double squared_distance(const float* a, const float* b, std::int64_t dims) {
  double sum = 0;
  for (std::int64_t d = 0; d < dims; ++d) {
    const double difference = static_cast<double>(a[d]) - static_cast<double>(b[d]);
    sum += difference * difference;
  }
  return sum;
}

}  // namespace mien
