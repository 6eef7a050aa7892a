// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/vector_set.h"

#include <fmt/format.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {

void check_vectors(const VectorSet& vectors) {
  if (vectors.dims < 1 || vectors.values.size() % static_cast<std::size_t>(vectors.dims) != 0)
    throw Error(ErrorCode::bad_data,
                fmt::format("{} values are no whole number of vectors of length {}", vectors.values.size(), vectors.dims));
  for (std::size_t i = 0; i < vectors.values.size(); ++i)
    if (!std::isfinite(vectors.values[i]))
      throw Error(ErrorCode::numeric,
                  fmt::format("vector {} of {} has {} at place {}, a finite number is needed", i / vectors.dims, vectors.count(),
                              vectors.values[i], i % vectors.dims),
                  "leave out the samples without measured vectors before looking for neighbours");
}

std::string hash_of(const VectorSet& vectors) {
  return fmt::format("{}x{}:{}", vectors.count(), vectors.dims, content_hash(vectors.values.data(), vectors.values.size_bytes()));
}

}  // namespace mien
