// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "mien/base/any_error.h"
#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/random.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/output.h"
#include "mien/image/encode.h"
#include "mien/report/plots.h"

namespace mien::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
  explicit Arguments(CLI::App& app) : dataset(app) {}
  DatasetFlags dataset;
  std::string output = "sheet.png", export_folder, split, only_class;
  int count = 48, columns = 8, tile_px = 96;
  std::int64_t draw = 0;
};

std::vector<std::int64_t> candidates(const Dataset& dataset, const std::string& only_class) {
  const int wanted = only_class.empty() ? -1 : dataset.labels.index_of(only_class);
  if (!only_class.empty() && wanted < 0)
    throw Error(ErrorCode::usage, fmt::format("no class '{}' in {}", only_class, dataset.name),
                suggestion(only_class, dataset.labels.names()));
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < dataset.size(); ++i)
    if (wanted < 0 || dataset.records[static_cast<std::size_t>(i)].annotations.label == wanted) indices.push_back(i);
  return indices;
}

/// Up to `count` images drawn without repetition, then by class, so that a sheet shows each class in a block.
std::vector<std::int64_t> draw_images(const Dataset& dataset, const Arguments& arguments) {
  std::vector<std::int64_t> indices = candidates(dataset, arguments.only_class);
  if (indices.empty())
    throw Error(ErrorCode::bad_data, fmt::format("{}: no images of class '{}'", dataset.name, arguments.only_class));
  Random random(static_cast<std::uint64_t>(arguments.draw), 0x5EED);
  random.shuffle(indices);
  indices.resize(std::min(indices.size(), static_cast<std::size_t>(arguments.count)));
  const auto label = [&](std::int64_t i) { return dataset.records[static_cast<std::size_t>(i)].annotations.label; };
  std::sort(indices.begin(), indices.end(), [&](auto a, auto b) { return std::pair(label(a), a) < std::pair(label(b), b); });
  return indices;
}

/// Images as PNG files in one folder for each class, the layout that the "folder" format reads.
void export_image(const fs::path& folder, const std::string& cls, std::int64_t index, const cv::Mat& image) {
  fs::create_directories(folder / cls);
  write_image(folder / cls / fmt::format("{:06}.png", index), image);
}

/// One file that cannot be read is left out of the sheet.
std::optional<cv::Mat> image_or_warning(const Dataset& dataset, std::int64_t index, Progress& progress) {
  try {
    return dataset.load(index).image;
  } catch (...) {
    const Record& record = dataset.records[static_cast<std::size_t>(index)];
    progress.warn(fmt::format("{} was left out: {}", record.id, to_error(std::current_exception()).what()));
    return std::nullopt;
  }
}

int show(Session& session, Arguments& arguments) {
  require_format(session, {"text", "json"}, "mien data show");
  Dataset dataset = arguments.dataset.open();
  if (!arguments.split.empty()) dataset = select_split(dataset, arguments.split);
  const auto indices = draw_images(dataset, arguments);
  const std::string title = dataset.name + (arguments.split.empty() ? "" : "/" + arguments.split);
  contact_sheet_size(static_cast<std::int64_t>(indices.size()), arguments.columns, arguments.tile_px, 1, true);  // refuses too many now
  const auto progress = make_progress(session, true);
  prepare_output_file(arguments.output, *progress);
  std::optional<OutputFolder> exported;
  if (!arguments.export_folder.empty()) exported.emplace(arguments.export_folder, 1, progress.get());
  progress->begin("reading", static_cast<std::int64_t>(indices.size()));
  std::vector<SheetTile> tiles;
  std::int64_t unreadable = 0;
  for (const auto index : indices) {
    const Record& record = dataset.records[static_cast<std::size_t>(index)];
    const std::string cls = class_name(dataset, record);
    if (const auto image = image_or_warning(dataset, index, *progress)) {
      tiles.push_back({*image, cls});
      if (exported) export_image(arguments.export_folder, cls, index, *image);
    } else {
      ++unreadable;
    }
    progress->advance(static_cast<std::int64_t>(tiles.size()) + unreadable, "");
  }
  progress->end("");
  if (tiles.empty()) throw Error(ErrorCode::bad_data, fmt::format("{}: none of {} images can be read", dataset.name, unreadable));
  write_image(arguments.output,
              contact_sheet(tiles, std::min<int>(arguments.columns, static_cast<int>(tiles.size())), arguments.tile_px, title));
  if (session.json()) {
    nlohmann::ordered_json out{{"sheet", arguments.output}, {"images", tiles.size()}};
    if (!arguments.export_folder.empty()) out["folder"] = arguments.export_folder;
    print_result(json_text(out, 2));
  } else {
    print_result(fmt::format("{} images on {}", tiles.size(), arguments.output));
    if (!arguments.export_folder.empty()) print_result(fmt::format("{} images in {}", tiles.size(), arguments.export_folder));
  }
  return unreadable == 0 ? 0 : 1;
}

}  // namespace

void add_data_show_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand("show", "Draw images with their labels on one sheet");
  const auto a = std::make_shared<Arguments>(*command);
  command->add_option("-o,--output", a->output, "Sheet to write, .png or .jpg (default sheet.png)")
      ->type_name("FILE")
      ->check(refuse_flag_as_value);
  command->add_option("--export", a->export_folder, "Also write each image as a PNG file, in one folder for each class")
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->add_option("--split", a->split, "Only this split")->check(refuse_flag_as_value);
  command->add_option("--class", a->only_class, "Only this class")->check(refuse_flag_as_value);
  command->add_option("--count", a->count, "Images to draw (default 48)")
      ->check(CLI::Range(1, 100000).description(""))
      ->type_name("INT");
  command->add_option("--columns", a->columns, "Images in a row (default 8)")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("INT");
  command->add_option("--tile-px", a->tile_px, "Size of an image on the sheet in pixels (default 96)")
      ->check(CLI::Range(16, 2048).description(""))
      ->type_name("INT");
  command->add_option("--draw", a->draw, "Which random choice of images (default 0)")->type_name("INT");
  command->callback([&session, a] { session.action = [&session, a] { return show(session, *a); }; });
}

}  // namespace mien::cli
