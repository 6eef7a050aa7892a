// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "mien/methods/method.h"
#include "mien/model_info/weights_info.h"

namespace mien {

/// Trained weights inside the method that made them.
struct LoadedMethod {
  WeightsInfo info;
  std::unique_ptr<Method> method;  ///< float32, on the CPU, in eval mode
};

/// Reads a weights file, or a run folder's best weights, as training and `mien models import` write them. Throws
/// Error{not_found}, Error{bad_file} (also for a file that does not say what it is for), Error{mismatch}.
LoadedMethod load_method(const std::filesystem::path& weights);

/// The weights of a network inside the method, with its options, that made another model: two models are looked at in the same
/// way. Throws Error{mismatch} also when classes or preprocessing differ from those of `model`.
LoadedMethod load_method_as(const WeightsInfo& model, const std::filesystem::path& weights);

}  // namespace mien
