// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/text.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/onnx_summary.h"
#include "mien/cli/session.h"
#include "mien/cli/text_table.h"
#include "mien/data/label_space.h"
#include "mien/nn/model_tools.h"
#include "mien/pipeline/find_weights.h"

namespace mien::cli {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> list_columns = {"name", "parameters", "default_size", "min_size", "summary", "source"};

std::vector<std::vector<std::string>> list_rows(bool grouped) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& a : architectures())
    rows.push_back({a.name, grouped ? with_commas(a.params) : std::to_string(a.params), std::to_string(a.default_size),
                    std::to_string(a.min_size), a.summary, a.source});
  return rows;
}

int run_list(const Session& session) {
  if (session.json()) {
    Json out = Json::array();
    for (const auto& a : architectures())
      out.push_back({{"name", a.name},
                     {"parameters", a.params},
                     {"default_size", a.default_size},
                     {"min_size", a.min_size},
                     {"summary", a.summary},
                     {"source", a.source}});
    print_result(json_text(out, 2));
  } else if (session.csv()) {
    std::string out = csv_line(list_columns);
    for (const auto& row : list_rows(false)) out += csv_line(row);
    print_result(out);
  } else {
    print_result(text_table(list_columns, list_rows(true)));
  }
  return 0;
}

std::string numbers_text(const std::vector<double>& values) { return fmt::format("{}", fmt::join(values, ", ")); }

std::string info_text(const std::string& file, const WeightsSummary& s) {
  std::string out = fmt::format("file           {} ({})\ntensors        {}, {} values, from {} to {}\n", file, s.format,
                                s.tensors, with_commas(s.values), s.first_key, s.last_key);
  if (!s.info) return out + "description    none: mien models import gives it one\n";
  const auto& i = *s.info;
  const auto& p = i.preprocessing;
  out += fmt::format("network        {}, {} classes, {} channel(s), width {}, {} parameters, {:.1f} million multiply-adds\n",
                     i.network.arch, i.network.num_classes, i.network.in_channels, i.network.width, with_commas(s.parameters),
                     1e-6 * static_cast<double>(s.multiply_adds));
  out += fmt::format("classes        {}{}\n", i.label_space.empty() ? "" : i.label_space + ": ",
                     i.class_names.empty() ? "unknown" : join(i.class_names, ", "));
  out += fmt::format("preprocessing  {} x {} {}, {}, (x / {} - [{}]) / [{}], margin {}, alignment {}\n", p.width, p.height,
                     p.color, p.resize, p.divide_by, numbers_text(p.mean), numbers_text(p.std), p.crop_margin, p.alignment);
  out += fmt::format("temperature    {}\n", i.temperature);
  for (const auto& [name, score] : i.scores) out += fmt::format("score          {} {:.4f}\n", name, score);
  if (!i.training_data.empty()) out += fmt::format("trained on     {}\n", i.training_data);
  if (!i.commit.empty()) out += fmt::format("commit         {}\n", i.commit);
  if (!i.licence.empty()) out += fmt::format("licence        {}\n", i.licence);
  return out;
}

std::string info_json(const std::string& file, const WeightsSummary& s) {
  Json out = {{"file", file}, {"format", s.format}, {"tensors", s.tensors}, {"values", s.values}};
  if (!s.info) return json_text(out, 2);
  const auto& i = *s.info;
  const auto& p = i.preprocessing;
  out["network"] = {{"arch", i.network.arch},     {"num_classes", i.network.num_classes}, {"in_channels", i.network.in_channels},
                    {"width", i.network.width},   {"dropout", i.network.dropout},         {"input_size", i.network.input_size},
                    {"parameters", s.parameters}, {"multiply_adds", s.multiply_adds}};
  out["label_space"] = i.label_space;
  out["class_names"] = i.class_names;
  out["preprocessing"] = {{"color", p.color},         {"width", p.width}, {"height", p.height}, {"resize", p.resize},
                          {"divide_by", p.divide_by}, {"mean", p.mean},   {"std", p.std},       {"crop_margin", p.crop_margin},
                          {"alignment", p.alignment}};
  out["temperature"] = i.temperature;
  out["scores"] = i.scores;
  out["training_data"] = i.training_data;
  out["recipe"] = i.recipe;
  out["commit"] = i.commit;
  out["licence"] = i.licence;
  return json_text(out, 2);
}

void add_list(CLI::App& models, Session& session) {
  auto* command = models.add_subcommand("list", "List the network architectures");
  command->callback([&session] { session.action = [&session] { return run_list(session); }; });
}

void add_info(CLI::App& models, Session& session) {
  auto* command = models.add_subcommand("info", "Say what a weight file holds");
  auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "Weight file (safetensors, of torch.save, ONNX) or run folder")->required();
  command->callback([&session, file] {
    session.action = [&session, file] {
      require_format(session, {"text", "json"}, "models info");
      const auto found = find_weights(*file);
      const auto summary = is_onnx(found) ? summarize_onnx(found) : summarize_weights(found);
      print_result(session.json() ? info_json(found.string(), summary) : info_text(found.string(), summary));
      return 0;
    };
  });
}

struct ForwardArguments {
  ForwardRequest request;
  std::string dtype = "float32";
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
};

void add_forward(CLI::App& models, Session& session) {
  auto* command = models.add_subcommand("forward", "Run a network on tensors, for comparisons with other programs");
  auto a = std::make_shared<ForwardArguments>();
  command->add_option("--weights", a->request.weights, "Weight file; its own description wins over --arch")->required();
  command->add_option("--input", a->request.input, "safetensors with a tensor 'input' [N,C,H,W]")->required();
  command->add_option("--output", a->request.output, "safetensors to write: 'logits' and the features")->required();
  command->add_option("--features", a->request.features, "Inner layers to write too, e.g. layer1,layer4")->delimiter(',');
  command->add_option("--dtype", a->dtype, "Arithmetic")->check(CLI::IsMember({"float32", "float64"}))->capture_default_str();
  describe(a->request.network, a->table);
  a->flags = std::make_unique<OptionFlags>(*command, a->table);
  command->callback([&session, a] {
    session.action = [&session, a] {
      require_format(session, {"text"}, "models forward");
      a->flags->apply();
      a->request.float64 = a->dtype == "float64";
      print_result(run_forward(a->request));
      return 0;
    };
  });
}

struct ImportArguments {
  ImportRequest request;
  int size = 0;
  OptionTable table;
  std::unique_ptr<OptionFlags> flags;
};

/// Class names and count from what was given: names, a known label space, or a number alone.
void settle_classes(ImportArguments& a) {
  auto& request = a.request;
  if (!request.label_space.empty() && request.class_names.empty())
    request.class_names = known_label_space(request.label_space).names();
  if (!request.class_names.empty() && !a.flags->given("network", "num_classes"))
    request.network.num_classes = static_cast<std::int64_t>(request.class_names.size());
}

int run_import(Session& session, ImportArguments& a) {
  require_format(session, {"text"}, "models import");
  a.flags->apply();
  settle_classes(a);
  auto& request = a.request;
  const int size = a.size > 0 ? a.size : static_cast<int>(resolved(request.network).input_size);
  request.preprocessing.width = request.preprocessing.height = size;
  if (request.preprocessing.channels() != request.network.in_channels)
    throw Error(ErrorCode::usage,
                fmt::format("--color {} has {} channel(s), but the network takes {}", request.preprocessing.color,
                            request.preprocessing.channels(), request.network.in_channels),
                "set --color and --in-channels alike");
  print_result(import_weights(request));
  suggest_next("mien models info " + shell_word(request.output.string()));
  return 0;
}

void add_import(CLI::App& models, Session& session) {
  auto* command = models.add_subcommand("import", "Convert a weight file into safetensors with a description");
  auto a = std::make_shared<ImportArguments>();
  auto& r = a->request;
  command->add_option("file", r.source, "Weight file: safetensors or of torch.save")->required();
  command->add_option("--output", r.output, "safetensors to write")->required();
  command->add_option("--classes", r.class_names, "Class names in the order of the logits")->delimiter(',');
  command->add_option("--label-space", r.label_space, "Known label space that gives the class names");
  command->add_option("--color", r.preprocessing.color, "Channel order that the network expects")
      ->check(CLI::IsMember({"rgb", "bgr", "gray"}))
      ->capture_default_str();
  command->add_option("--size", a->size, "Image size in pixels; 0 = the architecture's")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command->add_option("--divide-by", r.preprocessing.divide_by, "Pixels 0..255 are divided by this first")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--mean", r.preprocessing.mean, "Subtracted, per channel or one value")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--std", r.preprocessing.std, "Then divided by, per channel or one value")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--licence", r.licence, "Note on what the weights may be used for");
  command->add_flag("--ignore-head", r.ignore_head, "Keep a fresh classifier, whatever the file has for it");
  command->add_flag("--allow-partial", r.allow_partial, "Take what fits, leave the rest as initialised");
  command->add_flag("--pass-over-unknown", r.pass_over_unknown,
                    "Pass over objects that are no tensors instead of refusing the file");
  describe(r.network, a->table);
  a->flags = std::make_unique<OptionFlags>(*command, a->table);
  command->callback([&session, a] { session.action = [&session, a] { return run_import(session, *a); }; });
}

}  // namespace

void add_models_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("models", "Networks and their weight files");
  command->require_subcommand(1);
  add_list(*command, session);
  add_info(*command, session);
  add_forward(*command, session);
  add_import(*command, session);
}

}  // namespace mien::cli
