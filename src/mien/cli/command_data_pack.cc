// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/output.h"
#include "mien/data/shards.h"

namespace mien::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
  explicit Arguments(CLI::App& app) : dataset(app) {}
  DatasetFlags dataset;
  std::string output, name;
  std::int64_t shard_mb = 256;
};

int pack(Session& session, Arguments& arguments) {
  require_format(session, {"text", "json"}, "mien data pack");
  const Dataset dataset = arguments.dataset.open();
  const std::string name = arguments.name.empty() ? dataset.name : arguments.name;
  const auto progress = make_progress(session, true);
  const OutputFolder output = open_output(arguments.output, *progress);
  const auto shards = pack_shards(dataset, arguments.output, name, arguments.shard_mb * 1'000'000, *progress);
  std::vector<std::string> files;
  std::uintmax_t bytes = 0;
  for (const auto& shard : shards) {
    files.push_back(shard.string());
    bytes += fs::file_size(shard);
  }
  const std::string index = (fs::path(arguments.output) / (name + ".json")).string();
  if (session.json())
    print_result(
        json_text(nlohmann::ordered_json{{"index", index}, {"images", dataset.size()}, {"bytes", bytes}, {"shards", files}}, 2));
  else
    print_result(fmt::format("{} images in {} shard{} ({}), index {}", with_commas(dataset.size()), shards.size(),
                             shards.size() == 1 ? "" : "s", human_bytes(static_cast<double>(bytes)), index));
  suggest_next("mien data stats " + shell_word("shards:" + index));
  return 0;
}

}  // namespace

void add_data_pack_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand("pack", "Pack a data set into tar shards (WebDataset layout)");
  const auto a = std::make_shared<Arguments>(*command);
  command->add_option("-o,--output", a->output, "Folder for the shards")
      ->required()
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->add_option("--name", a->name, "Name of the shards (default the data set's)")->check(refuse_flag_as_value);
  command->add_option("--shard-mb", a->shard_mb, "Size of a shard in MB (default 256)")
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("INT");
  command->callback([&session, a] { session.action = [&session, a] { return pack(session, *a); }; });
}

}  // namespace mien::cli
