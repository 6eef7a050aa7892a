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

}  // namespace

LoadedMethod load_method(const fs::path& path) {
  const fs::path file = find_weights(path);
  const State weights = load_state(file);
  if (!weights.info)
    throw Error(ErrorCode::bad_file, file.string() + ": the file does not say which network, classes and preprocessing it is for",
                "Convert it first: mien models import FILE --arch NAME --output W.safetensors");
  LoadedMethod loaded{*weights.info, nullptr};
  TaskInfo task;
  task.labels = LabelSpace(loaded.info.label_space, loaded.info.class_names);
  task.class_counts.assign(loaded.info.class_names.size(), 1);
  task.preprocessing = loaded.info.preprocessing;
  loaded.method = create_method(method_of(loaded.info, file.string()), task);
  load_into(loaded.method->module(), weights);
  loaded.method->module().eval();
  return loaded;
}

}  // namespace mien
