// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/catalogue.h"

#include <algorithm>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/methods/classifier/classifier.h"
#include "mien/methods/ldl/ldl.h"
#include "mien/methods/pal/pal.h"

namespace mien {
namespace {

struct Entry {
  MethodInfo info;
  std::unique_ptr<Method> (*create)(const MethodConfig&, const TaskInfo&);
};

/// One line adds a method.
const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = {
      {{"classifier", "one backbone, cross entropy on labels or label distributions", "report 004"}, create_classifier},
      {{"pal", "a classifier whose attribution is drawn to the facial landmarks", "report 000, arXiv 2203.12905"}, create_pal},
      {{"ldl", "a classifier of label distributions: a teacher's, votes or labels, with neighbours among Action Units", "report 002"}, create_ldl},
  };
  return table;
}

/// The choices about a backbone; classes, channels and input size follow from the task.
void describe_backbone(NetworkOptions& network, OptionTable& table) {
  table.add("network", "arch", &network.arch, "Backbone").one_of(architecture_names());
  table.add("network", "width", &network.width, "Multiplies the channel counts where the backbone allows it; 0 = its default").range(0, 16);
  table.add("network", "dropout", &network.dropout, "Dropout before the classifier; negative = the backbone's default").range(-1, 0.99);
}

}  // namespace

const std::vector<MethodInfo>& methods() {
  static const std::vector<MethodInfo> infos = [] {
    std::vector<MethodInfo> out;
    for (const auto& entry : entries()) out.push_back(entry.info);
    return out;
  }();
  return infos;
}

bool is_read_by(const OptionField& field, const std::string& method) {
  const bool of_one = field.section != "classifier" && std::any_of(entries().begin(), entries().end(), [&](const Entry& e) { return e.info.name == field.section; });
  return !of_one || field.section == method;
}

void describe(MethodConfig& config, OptionTable& table) {
  std::vector<std::string> names;
  for (const auto& info : methods()) names.push_back(info.name);
  table.add("method", "method", &config.method, "System to train").one_of(names);
  describe(config.sampler, table);
  describe(config.classifier, table);
  describe(config.pal, table);
  describe(config.ldl, table);
  describe_backbone(config.network, table);
  describe(config.optimizer, table);
  describe(config.schedule, table);
}

std::unique_ptr<Method> create_method(const MethodConfig& config, const TaskInfo& task) {
  std::vector<std::string> names;
  for (const auto& entry : entries()) {
    if (entry.info.name == config.method) return entry.create(config, task);
    names.push_back(entry.info.name);
  }
  throw Error(ErrorCode::usage, "unknown method '" + config.method + "'", suggestion(config.method, names));
}

}  // namespace mien
