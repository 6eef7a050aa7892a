// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/data/dataset.h"
#include "mien/image/preprocessing.h"
#include "mien/loading/sampler.h"
#include "mien/methods/classifier/options.h"
#include "mien/methods/ldl/options.h"
#include "mien/methods/pal/options.h"
#include "mien/nn/architectures.h"
#include "mien/optim/optimizer_options.h"
#include "mien/optim/schedule.h"

namespace mien {

class Method;

/// Everything that says which system is trained and how its steps optimise.
struct MethodConfig {
  std::string method = "classifier";
  NetworkOptions network;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  SamplerOptions sampler;
  ClassifierOptions classifier;
  PalOptions pal;
  LdlOptions ldl;
};
void describe(MethodConfig& config, OptionTable& table);

/// What a method must know of the task.
struct TaskInfo {
  LabelSpace labels;
  std::vector<std::int64_t> class_counts;  ///< training samples of each class
  Preprocessing preprocessing;
  std::int64_t epochs = 1;
  /// The training part, whose positions are a training batch's `indices`; null where nothing is trained, or where the part changes
  /// with the epoch.
  std::shared_ptr<const Dataset> training = nullptr;
};

struct MethodInfo {
  std::string name, summary, source;
};
const std::vector<MethodInfo>& methods();
/// Whether a method reads an option: its own stand in a section of its name, those of every method in others.
bool is_read_by(const OptionField& field, const std::string& method);

/// Builds a method with freshly drawn weights. Throws Error{usage} with the nearest name for an unknown method.
std::unique_ptr<Method> create_method(const MethodConfig& config, const TaskInfo& task);

}  // namespace mien
