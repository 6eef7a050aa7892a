// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/progress.h"
#include "mien/base/shipped_files.h"
#include "mien/explain/explain.h"

namespace mien::cli {

/// Finds 68 landmarks in face crops with dlib's detector and a landmark model. `landmarks` is "none", "auto" (the
/// default landmark model; none, with a word about it, when it is nowhere in `places`), "dlib" or a model's file.
FindPoints point_finder(const std::string& landmarks, const ModelPlaces& places, Progress& progress);

}  // namespace mien::cli
