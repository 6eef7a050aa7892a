// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "mien/methods/compute.h"
#include "mien/train/data_plan.h"

namespace mien {

/// What decides how a training goes on, by name: the options that the method reads ("optimizer.lr" = "0.05"), what is in the files they
/// name, what the data set says, and the arithmetic that "auto" came to. How many threads compute, what is cached, where the files lie
/// and what the run is called do not decide, nor does how the weights began, which the state holds.
using DecidingFacts = std::map<std::string, std::string>;

/// @param config  with paths that lead to its files from here
DecidingFacts deciding_facts(const TrainConfig& config, const DataPlan& data, const ComputePlan& plan);

/// An option that came after the state was written must have its default value. Throws Error{mismatch} that names the first fact that
/// differs, with both values. @param origin  the state file, for the message
void check_same_training(const DecidingFacts& stored, const DecidingFacts& now, const std::filesystem::path& origin);

}  // namespace mien
