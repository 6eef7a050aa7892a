// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "mien/base/progress.h"
#include "mien/methods/ldl/teacher.h"
#include "mien/methods/ldl/write_distributions.h"
#include "mien/nn/torch.h"

namespace mien {

/// `write_distributions` for a teacher that is at hand, whose input is `preprocessing`.
std::int64_t store_distributions(const std::filesystem::path& file, Teacher& teacher,
                                 const std::shared_ptr<const Dataset>& dataset, const Preprocessing& preprocessing,
                                 const StoreDistributions& options, Progress& progress);

/// [n,K] float in the order of the data set's samples. Throws Error{bad_file} that names the line of what is no distribution, and
/// Error{mismatch} when a class or a sample is missing.
torch::Tensor read_distributions(const std::filesystem::path& file, const Dataset& dataset);

}  // namespace mien
