// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "mien/base/any_error.h"
#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/command_data.h"
#include "mien/cli/dataset_flags.h"
#include "mien/cli/output.h"
#include "mien/cli/text_table.h"
#include "mien/data/label_noise.h"
#include "mien/face_data/label_anomalies.h"
#include "mien/image/encode.h"
#include "mien/metrics/roc.h"
#include "mien/report/plots.h"
#include "mien/report/show.h"

namespace mien::cli {
namespace {

struct Arguments {
  explicit Arguments(CLI::App& app)
      : dataset(app, [this](OptionTable& table) { describe(neighbours, table), describe(anomalies, table); }) {}
  NeighbourOptions neighbours;
  AnomalyOptions anomalies;
  DatasetFlags dataset;
  std::string output, split = "train", source = "auto", noise;
  std::int64_t noise_seed = 1;
  int count = 48, threads = 0;
};

/// What was looked at, and what came out.
struct Search {
  Dataset data;                          ///< with the wrong labels, where some were asked for
  std::vector<int> true_labels;          ///< of every sample
  ActionUnitSource source = ActionUnitSource::measured;
  LabelAnomalies found;
  std::vector<std::size_t> order;        ///< rows, the most contradicting first
};

ActionUnitSource source_of(const std::string& name, const Dataset& data) {
  const bool measured = std::any_of(data.records.begin(), data.records.end(), [](const Record& r) { return !r.annotations.action_units.empty(); });
  return name == "measured" || (name == "auto" && measured) ? ActionUnitSource::measured : ActionUnitSource::estimated;
}

/// Rows by rising weight; among equals those first whose nearest neighbour is nearest, so that it says most.
std::vector<std::size_t> most_contradicting_first(const LabelAnomalies& found) {
  const auto key = [&](std::size_t row) { return std::pair(found.scores.weight[row], found.graph.distances[row * static_cast<std::size_t>(found.graph.k)]); };
  std::vector<std::size_t> order(found.positions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return order;
}

Search search(Arguments& arguments) {
  Search result;
  result.data = arguments.dataset.open();
  if (arguments.split != "all") result.data = select_split(result.data, arguments.split);
  for (const Record& record : result.data.records) result.true_labels.push_back(record.annotations.label);
  result.data = with_label_noise(std::move(result.data), parse_label_noise(arguments.noise), static_cast<std::uint64_t>(arguments.noise_seed));
  result.source = source_of(arguments.source, result.data);
  result.found = find_label_anomalies(result.data, result.source, arguments.neighbours, arguments.anomalies, arguments.threads);
  result.order = most_contradicting_first(result.found);
  return result;
}

const Record& record_of(const Search& s, std::size_t row) { return s.data.records[static_cast<std::size_t>(s.found.positions[row])]; }

std::size_t neighbour_row(const Search& s, std::size_t row, std::int64_t j) {
  return static_cast<std::size_t>(s.found.graph.indices[row * static_cast<std::size_t>(s.found.graph.k) + static_cast<std::size_t>(j)]);
}

std::vector<std::string> neighbour_classes(const Search& s, std::size_t row) {
  std::vector<std::string> classes;
  for (std::int64_t j = 0; j < s.found.graph.k; ++j) classes.push_back(class_name(s.data, record_of(s, neighbour_row(s, row, j))));
  return classes;
}

std::string most_common(const std::vector<std::string>& classes) {
  std::map<std::string, int> counts;
  for (const auto& one : classes) ++counts[one];
  return std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
}

bool is_wrong(const Search& s, std::size_t row) {
  return record_of(s, row).annotations.label != s.true_labels[static_cast<std::size_t>(s.found.positions[row])];
}

void write_table(const Search& s, bool noise, const std::filesystem::path& file) {
  std::vector<std::string> header = {"id", "label", "weight", "disagreement", "isolation", "neighbour_labels", "neighbour_ids"};
  if (noise) header.emplace_back("made_wrong");
  std::string text = csv_line(header);
  for (const std::size_t row : s.order) {
    std::vector<std::string> ids;
    for (std::int64_t j = 0; j < s.found.graph.k; ++j) ids.push_back(record_of(s, neighbour_row(s, row, j)).id);
    std::vector<std::string> cells = {record_of(s, row).id,
                                      class_name(s.data, record_of(s, row)),
                                      fmt::format("{:.4f}", s.found.scores.weight[row]),
                                      fmt::format("{:.4f}", s.found.scores.disagreement[row]),
                                      fmt::format("{:.4f}", s.found.scores.isolation[row]),
                                      join(neighbour_classes(s, row), " "),
                                      join(ids, " ")};
    if (noise) cells.emplace_back(is_wrong(s, row) ? "1" : "0");
    text += csv_line(cells);
  }
  write_atomically(file, text);
}

/// Files that cannot be read are passed over.
void write_sheet(const Search& s, int count, Progress& progress, const std::filesystem::path& file) {
  constexpr int columns = 6, tile_px = 160;
  std::vector<SheetTile> tiles;
  progress.begin("drawing the first ones", std::min<std::int64_t>(count, static_cast<std::int64_t>(s.order.size())));
  for (const std::size_t row : s.order) {
    if (static_cast<int>(tiles.size()) == count) break;
    const std::string caption = class_name(s.data, record_of(s, row)) + " / " + most_common(neighbour_classes(s, row));
    progress.advance(static_cast<std::int64_t>(tiles.size()), "");
    try {
      tiles.push_back({s.data.load(s.found.positions[row]).image, caption});
    } catch (...) {
      progress.warn(to_error(std::current_exception()).what());
    }
  }
  progress.end("");
  if (tiles.empty()) return;
  write_image(file, contact_sheet(tiles, std::min<int>(columns, static_cast<int>(tiles.size())), tile_px,
                                  s.data.name + ": label / most common label of the neighbours"));
}

struct ClassSummary {
  std::int64_t images = 0, own_neighbours = 0;  ///< neighbours of the same class
  double disagreement = 0, weight = 0;          ///< sums
};

std::vector<std::vector<std::string>> class_rows(const Search& s) {
  std::map<int, ClassSummary> classes;
  for (std::size_t row = 0; row < s.order.size(); ++row) {
    ClassSummary& c = classes[record_of(s, row).annotations.label];
    ++c.images;
    c.disagreement += s.found.scores.disagreement[row];
    c.weight += s.found.scores.weight[row];
    for (std::int64_t j = 0; j < s.found.graph.k; ++j)
      c.own_neighbours += s.found.labels[neighbour_row(s, row, j)] == s.found.labels[row];
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [label, c] : classes) {
    const std::string name = label < 0 ? "unlabelled" : s.data.labels.names()[static_cast<std::size_t>(label)];
    const auto images = static_cast<double>(c.images);
    const auto neighbours = images * static_cast<double>(s.found.graph.k);
    rows.push_back({name, std::to_string(c.images), fmt::format("{:.3f}", static_cast<double>(c.own_neighbours) / neighbours),
                    fmt::format("{:.3f}", c.disagreement / images), fmt::format("{:.3f}", c.weight / images)});
  }
  return rows;
}

const std::vector<std::string> kClassColumns = {"class", "images", "neighbours_of_the_class", "mean_disagreement", "mean_weight"};

/// How well wrong labels are told from right ones.
struct Finding {
  std::int64_t wrong = 0;
  double by_disagreement = 0, by_weight = 0;  ///< areas under the ROC curve
};

Finding find_wrong(const Search& s) {
  Finding finding;
  std::vector<bool> wrong;
  std::vector<double> doubt;
  for (std::size_t row = 0; row < s.order.size(); ++row) {
    wrong.push_back(is_wrong(s, row));
    doubt.push_back(-s.found.scores.weight[row]);
    finding.wrong += wrong.back();
  }
  finding.by_disagreement = area_under_roc(s.found.scores.disagreement, wrong);
  finding.by_weight = area_under_roc(doubt, wrong);
  return finding;
}

std::string result_json(const Search& s, const std::optional<Finding>& finding, const std::filesystem::path& folder) {
  nlohmann::ordered_json json{{"table", (folder / "anomalies.csv").string()},
                              {"sheet", (folder / "anomalies.png").string()},
                              {"images", s.data.size()},
                              {"with_action_units", s.found.positions.size()},
                              {"action_units", s.source == ActionUnitSource::measured ? "measured" : "estimated"},
                              {"k", s.found.graph.k}};
  for (const auto& cells : class_rows(s))
    json["classes"].push_back({{kClassColumns[0], cells[0]},
                               {kClassColumns[1], std::stoll(cells[1])},
                               {kClassColumns[2], std::stod(cells[2])},
                               {kClassColumns[3], std::stod(cells[3])},
                               {kClassColumns[4], std::stod(cells[4])}});
  if (finding) json["made_wrong"] = {{"labels", finding->wrong}, {"auc_disagreement", finding->by_disagreement}, {"auc_weight", finding->by_weight}};
  return json_text(json, 2);
}

std::string result_text(const Search& s, const std::optional<Finding>& finding, const std::filesystem::path& folder) {
  std::string text = fmt::format("{} of {} images have Action Units ({}); {} neighbours each\n", with_commas(static_cast<long long>(s.found.positions.size())),
                                 with_commas(s.data.size()), s.source == ActionUnitSource::measured ? "the data set's" : "estimated from landmarks",
                                 s.found.graph.k);
  text += text_table(kClassColumns, class_rows(s)) + "\n";
  if (finding)
    text += fmt::format("{} labels made wrong; area under the ROC curve of finding them: {:.3f} by disagreement, {:.3f} by weight (0.5 = chance)\n",
                        with_commas(finding->wrong), finding->by_disagreement, finding->by_weight);
  return text + fmt::format("every image, the most contradicting first: {}\nthe first of them: {}", (folder / "anomalies.csv").string(),
                            (folder / "anomalies.png").string());
}

int find(Session& session, Arguments& arguments) {
  require_format(session, {"text", "json"}, "mien data anomalies");
  const auto progress = make_progress(session, true);
  const OutputFolder output = open_output(arguments.output, *progress);
  const Search s = search(arguments);
  const std::filesystem::path folder = arguments.output;
  const bool noise = !arguments.noise.empty();
  write_table(s, noise, folder / "anomalies.csv");
  const std::string note = write_or_say(folder / "anomalies.png", [&] { write_sheet(s, arguments.count, *progress, folder / "anomalies.png"); });
  if (!note.empty()) progress->warn(note);
  const std::optional<Finding> finding = noise ? std::optional(find_wrong(s)) : std::nullopt;
  print_result(session.json() ? result_json(s, finding, folder) : result_text(s, finding, folder));
  const DatasetOptions& data = arguments.dataset.options();
  suggest_next(fmt::format("mien train --method ldl --ldl-anomaly-floor 0.1 --data {}{}", shell_word(data.spec),
                           s.source == ActionUnitSource::estimated ? " --ldl-action-units estimated --landmark-table " + shell_word(data.landmark_table) : ""));
  return 0;
}

}  // namespace

void add_data_anomalies_command(CLI::App& data, Session& session) {
  auto* command = data.add_subcommand(
      "anomalies", "Find images whose label contradicts those of the faces with the most similar Action Units: look there for wrong labels");
  const auto a = std::make_shared<Arguments>(*command);
  command->add_option("-o,--output", a->output, "Folder for anomalies.csv and a sheet of the first ones")
      ->required()
      ->type_name("FOLDER")
      ->check(refuse_flag_as_value);
  command->add_option("--split", a->split, "Split to look at; all = every image")->check(refuse_flag_as_value)->capture_default_str();
  command->add_option("--units", a->source, "Action Units: measured (the data set's), estimated from the landmarks, or auto: measured where there are any")
      ->check(CLI::IsMember({"auto", "measured", "estimated"}).description("{auto,measured,estimated}"))
      ->type_name("")
      ->capture_default_str();
  command->add_option("--count", a->count, "Images on the sheet")->check(CLI::Range(1, 10000))->capture_default_str();
  command->add_option("--label-noise", a->noise, "Make labels wrong first, symmetric:SHARE or pairs:SHARE, and say how well they are found")
      ->type_name("KIND:SHARE")
      ->check(refuse_flag_as_value);
  command->add_option("--noise-seed", a->noise_seed, "Which labels are made wrong: as in a training with this seed")->capture_default_str();
  command->add_option("--threads", a->threads, "Threads, 0 = all cores")->check(CLI::Range(0, 1024))->capture_default_str();
  command->callback([&session, a] { session.action = [&session, a] { return find(session, *a); }; });
}

}  // namespace mien::cli
