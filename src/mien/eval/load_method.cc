// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/eval/load_method.h"

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/methods/catalogue.h"
#include "mien/nn/weights.h"
#include "mien/pipeline/find_weights.h"

namespace mien {
namespace {

/// The method that the weights were trained with: from the stored recipe, else a plain classifier around the network.
MethodConfig method_of(const WeightsInfo& info, const std::string& origin) {
  MethodConfig config;
  if (!info.recipe.empty()) {
    OptionTable table;
    describe(config, table);
    table.read_toml_text(info.recipe, origin, OptionTable::Unknown::ignore);
  }
  config.network = info.network;
  return config;
}

State weights_of(const fs::path& file) {
  State weights = load_state(file);
  if (!weights.info)
    throw Error(ErrorCode::bad_file, file.string() + ": the file does not say which network, classes and preprocessing it is for",
                "Convert it first: mien models import FILE --arch NAME --output W.safetensors");
  return weights;
}

LoadedMethod load_into_method(const State& weights, const WeightsInfo& recipe, const fs::path& file) {
  LoadedMethod loaded{*weights.info, nullptr};
  TaskInfo task;
  task.labels = LabelSpace(loaded.info.label_space, loaded.info.class_names);
  task.class_counts.assign(loaded.info.class_names.size(), 1);
  task.preprocessing = loaded.info.preprocessing;
  MethodConfig config = method_of(recipe, file.string());
  config.network = loaded.info.network;
  loaded.method = create_method(config, task);
  load_into(loaded.method->module(), weights);
  loaded.method->module().eval();
  return loaded;
}

}  // namespace

LoadedMethod load_method(const fs::path& path) {
  const fs::path file = find_weights(path);
  const State weights = weights_of(file);
  return load_into_method(weights, *weights.info, file);
}

LoadedMethod load_method_as(const WeightsInfo& model, const fs::path& path) {
  const fs::path file = find_weights(path);
  const State weights = weights_of(file);
  const WeightsInfo& own = *weights.info;
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::mismatch, file.string() + ": " + what + " of the two models differ",
                "Compare models that were trained on inputs and classes of one kind.");
  };
  if (own.class_names != model.class_names) refuse("the classes");
  if (!(own.preprocessing == model.preprocessing)) refuse("input size, colour, normalisation or framing");
  return load_into_method(weights, model, file);
}

}  // namespace mien
