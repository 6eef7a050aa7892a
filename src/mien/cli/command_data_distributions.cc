// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/output.h"
#include "mien/methods/ldl/write_distributions.h"

namespace mien::cli {
namespace {

struct Arguments {
  explicit Arguments(CLI::App& app)
      : dataset(app, [this](OptionTable& table) { describe(store.augment, table), describe(store, table); }) {}
  StoreDistributions store;
  DatasetFlags dataset;
  std::string split = "train", output;
  std::vector<std::string> teachers;
};

std::shared_ptr<const Dataset> open(Arguments& arguments) {
  Dataset all = arguments.dataset.open();
  return std::make_shared<Dataset>(arguments.split == "all" ? std::move(all) : select_split(all, arguments.split));
}

int write(Session& session, Arguments& arguments) {
  require_format(session, {"text", "json"}, "mien data distributions");
  const auto dataset = open(arguments);
  const auto progress = make_progress(session, true);
  prepare_output_file(arguments.output, *progress);
  const auto rows = write_distributions(arguments.output, arguments.teachers, dataset, arguments.store, *progress);
  if (session.json())
    print_result(json_text(nlohmann::ordered_json{{"file", arguments.output}, {"images", dataset->size()}, {"rows", rows}}, 2));
  else
    print_result(fmt::format("{} of {} images in {}", with_commas(rows), with_commas(dataset->size()), arguments.output));
  suggest_next(fmt::format("mien train --method ldl --ldl-targets teacher --ldl-distributions {} --data {}", shell_word(arguments.output),
                           shell_word(arguments.dataset.options().spec)));
  return 0;
}

}  // namespace

void add_data_distributions_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand(
      "distributions",
      "Store what trained networks answer for every image, averaged over augmentations, to train another network on");
  const auto a = std::make_shared<Arguments>(*command);
  command->add_option("--teacher", a->teachers, "Weights file or run folder of a network; repeat for the mean of several")
      ->required()
      ->type_name("RUN")
      ->allow_extra_args(false)
      ->check(refuse_flag_as_value);
  command->add_option("-o,--output", a->output, "CSV file: id and a probability a class")
      ->required()
      ->type_name("FILE")
      ->check(refuse_flag_as_value);
  command->add_option("--split", a->split, "Split whose images are answered for; all = every image")
      ->check(refuse_flag_as_value)
      ->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return write(session, *a); }; });
}

}  // namespace mien::cli
