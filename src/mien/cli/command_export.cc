// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/folder_of.h"
#include "mien/base/json_text.h"
#include "mien/base/shell_word.h"
#include "mien/base/temporary_file.h"
#include "mien/cli/commands.h"
#include "mien/cli/flags.h"
#include "mien/cli/locations.h"
#include "mien/cli/session.h"
#include "mien/cli/text_table.h"
#include "mien/exporting/export.h"
#include "mien/exporting/verify.h"
#include "mien/pipeline/face_files.h"

namespace mien::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ExportArguments {
  std::string run, weights, output, onnxruntime;
  exporting::ExportOptions options;
  bool dynamic_batch = false, verify = false;
  ExampleImages images;
  std::vector<std::string> precisions;
  std::int64_t threads = 0;
};

std::string size_text(std::uintmax_t bytes) { return fmt::format("{:.1f} MB", 1e-6 * static_cast<double>(bytes)); }

std::string summary_text(const ExportArguments& a, const exporting::ExportSummary& s) {
  std::string out =
      fmt::format("file     {} ({})\nnetwork  {}, {} nodes, {} tensors of weights and numbers, opset {}\ninput    {}\n", a.output,
                  size_text(s.bytes), s.info.network.arch, s.nodes, s.initializers, a.options.opset, s.input);
  for (const auto& output : s.outputs) out += "output   " + output + "\n";
  return out;
}

Json summary_json(const ExportArguments& a, const exporting::ExportSummary& s) {
  return {{"file", a.output},
          {"bytes", s.bytes},
          {"architecture", s.info.network.arch},
          {"nodes", s.nodes},
          {"initializers", s.initializers},
          {"opset", a.options.opset},
          {"input", s.input},
          {"outputs", s.outputs}};
}

/// Where a file is written that must be verified before it gets its name; removed unless it does.
class UnverifiedFile {
 public:
  explicit UnverifiedFile(const fs::path& output) : output_(output), path_(output) {
    path_.replace_filename(fitted_name(folder_of(output), "." + output.stem().string(),
                                       ".unverified" + output.extension().string()));
  }
  ~UnverifiedFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  UnverifiedFile(const UnverifiedFile&) = delete;
  UnverifiedFile& operator=(const UnverifiedFile&) = delete;
  const fs::path& path() const { return path_; }
  void accept() const { fs::rename(path_, output_); }

 private:
  fs::path output_, path_;
};

std::vector<exporting::Candidate> candidates(const ExportArguments& a, const fs::path& file) {
  std::vector<exporting::Candidate> out;
  for (const auto& precision : a.precisions.empty() ? exporting::precisions_of(file) : a.precisions)
    out.push_back(exporting::runtime_candidate(file, precision, a.threads));
  if (!a.onnxruntime.empty())
    out.push_back(exporting::onnxruntime_candidate(
        file, {.package = a.onnxruntime, .script = find_installed("scripts", "run_onnxruntime", ".mjs")}));
  return out;
}

std::string rows_text(const std::vector<exporting::VerifyRow>& rows) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows)
    cells.push_back({row.name, std::to_string(row.agreement.images), fmt::format("{:.3g}", row.agreement.max_difference),
                     fmt::format("{:.3g}", row.agreement.relative()), fmt::format("{:.2f} %", 100 * row.agreement.top1),
                     row.limit, row.passed ? "passed" : "FAILED"});
  return text_table({"against libtorch fp32", "images", "max_difference", "of_range", "top1_agreement", "limit", "result"},
                    cells);
}

Json rows_json(const std::vector<exporting::VerifyRow>& rows) {
  Json out = Json::array();
  for (const auto& row : rows)
    out.push_back({{"program", row.name},
                   {"images", row.agreement.images},
                   {"max_difference", row.agreement.max_difference},
                   {"relative_difference", row.agreement.relative()},
                   {"top1_agreement", row.agreement.top1},
                   {"limit", row.limit},
                   {"passed", row.passed}});
  return out;
}

void check_verify(const ExportArguments& a) {
  if (std::find(a.options.outputs.begin(), a.options.outputs.end(), "logits") == a.options.outputs.end())
    throw Error(ErrorCode::usage, "--verify compares logits, but the file has none", "Add logits to --outputs.");
}

std::vector<exporting::VerifyRow> run_verify(Session& session, ExportArguments& a, const fs::path& file) {
  const WalkedFiles images = a.images.files.empty() ? WalkedFiles{} : list_face_files(a.images.files, std::cin);
  refuse_pipes(images.files);
  a.images.files = images.files;
  if (a.options.static_batch > 0) {
    a.images.batch_size = a.options.static_batch;
    a.images.whole_batches = true;
  }
  const auto progress = make_progress(session, true);
  if (!images.left_out.empty()) progress->warn(left_out_text(images.left_out));
  return exporting::verify(a.weights, a.images, candidates(a, file), *progress);
}

/// Throws Error{bad_data} that names the first gate that a program did not pass.
void require_passed(const ExportArguments& a, const std::vector<exporting::VerifyRow>& rows) {
  for (const auto& row : rows)
    if (!row.passed)
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: {} differs from libtorch by more than allowed ({})", a.output, row.name, row.limit),
                  "The file was not kept. Without --verify it is written, to see where it differs.");
}

int run_export(Session& session, ExportArguments& a) {
  require_format(session, {"text", "json"}, "export");
  if (!a.run.empty()) a.weights = a.run;
  if (a.weights.empty())
    throw Error(ErrorCode::usage, "no weights given", "Name a run folder with --run or a file with --weights.");
  if (a.verify) check_verify(a);
  exporting::check_output(a.output);
  remove_leftovers_of(a.output);
  std::optional<UnverifiedFile> unverified;
  if (a.verify) unverified.emplace(a.output);
  const auto summary = exporting::export_weights(a.weights, a.verify ? unverified->path() : fs::path(a.output), a.options);
  std::vector<exporting::VerifyRow> rows;
  if (a.verify) rows = run_verify(session, a, unverified->path());
  if (session.json()) {
    Json out = summary_json(a, summary);
    if (a.verify) out["verification"] = rows_json(rows);
    print_result(json_text(out, 2));
  } else {
    print_result(summary_text(a, summary) + (a.verify ? "\n" + rows_text(rows) : ""));
  }
  require_passed(a, rows);
  if (a.verify) unverified->accept();
  suggest_next("mien predict --weights " + shell_word(a.output) + " FACE.png");
  return 0;
}

void add_verify_flags(CLI::App& command, ExportArguments& a) {
  const char* group = "Verification";
  const auto flag = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option(name, value, help)->group(group);
  };
  command.add_flag("--verify", a.verify, "Compare the file's logits with libtorch's, in our runtime and in ONNX Runtime")
      ->group(group);
  auto* data = flag("--data", a.images.data.spec, "Compare on a data set, FORMAT:PATH")->check(refuse_flag_as_value);
  flag("--split", a.images.split, "Split of the data set; all = every image")->capture_default_str();
  auto* files = flag("--images", a.images.files, "Compare on face crops: files, folders, patterns");
  flag("--random", a.images.random, "Without --data and --images: images of noise")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  flag("--max-images", a.images.most, "Images at most, spread over the data set")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  flag("--batch-size", a.images.batch_size, "Images a run")->check(CLI::Range(1, 100000))->capture_default_str();
  flag("--precision", a.precisions, "Precisions of our runtime to compare; default: those that the processor and the file offer")
      ->check(CLI::IsMember({"fp32", "bf16", "int8"}))
      ->delimiter(',');
  flag("--onnxruntime", a.onnxruntime, "Folder of the npm package onnxruntime-node, to compare with it too (needs Node.js)")
      ->check(refuse_flag_as_value);
  flag("--threads", a.threads, "Computing threads of our runtime; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  data->excludes(files);
}

}  // namespace

void add_export_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("export", "Write trained weights as an ONNX file");
  auto a = std::make_shared<ExportArguments>();
  auto* run = command->add_option("--run", a->run, "Run folder: its best weights are taken")->check(refuse_flag_as_value);
  auto* weights = command->add_option("--weights", a->weights, "Weights file or run folder")->check(refuse_flag_as_value);
  run->excludes(weights);
  command->add_option("--output", a->output, "ONNX file to write")->required()->check(refuse_flag_as_value);
  command->add_option("--opset", a->options.opset, "Version of ONNX's operators")
      ->check(CLI::Range(exporting::oldest_opset, exporting::newest_opset))
      ->capture_default_str();
  auto* dynamic = command->add_flag("--dynamic-batch", a->dynamic_batch, "Any number of images a run (the default)");
  command->add_option("--static-batch", a->options.static_batch, "Fix the number of images a run")
      ->check(CLI::Range(1, 65536))
      ->excludes(dynamic);
  command->add_option("--outputs", a->options.outputs, "Any of logits, probabilities, features, attention, valence_arousal")
      ->delimiter(',')
      ->capture_default_str();
  add_verify_flags(*command, *a);
  command->callback([&session, a] { session.action = [&session, a] { return run_export(session, *a); }; });
}

}  // namespace mien::cli
