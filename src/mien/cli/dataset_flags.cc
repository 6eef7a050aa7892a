// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/dataset_flags.h"

#include "mien/base/error.h"

namespace mien::cli {

DatasetFlags::DatasetFlags(CLI::App& app, const std::function<void(OptionTable&)>& describe_more) {
  describe(options_, table_);
  if (describe_more) describe_more(table_);
  app.add_option("spec", positional_, "Data set, e.g. ferplus:/data/ferplus or procedural:800")->type_name("FORMAT:PATH");
  flags_ = std::make_unique<OptionFlags>(app, table_);
}

Dataset DatasetFlags::open(ReadReport* report) {
  flags_->apply();
  if (!positional_.empty()) options_.spec = positional_;
  if (options_.spec.empty())
    throw Error(ErrorCode::usage, "no data set given", "Name one as FORMAT:PATH; 'mien data formats' lists the formats.");
  return open_dataset(options_, report);
}

std::string class_name(const Dataset& dataset, const Record& record) {
  const int label = record.annotations.label;
  return label < 0 ? "unlabelled" : dataset.labels.names().at(static_cast<std::size_t>(label));
}

}  // namespace mien::cli
