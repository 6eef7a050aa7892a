// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/verify.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/eval/predictor.h"
#include "mien/model_info/weights_info.h"
#include "mien/pipeline/example_images.h"
#include "mien/pipeline/expression_model.h"
#include "mien/runtime/runtime.h"

namespace mien::exporting {
namespace {

constexpr double fp32_difference = 1e-4, bf16_top1 = 0.995, int8_top1 = 0.99;

std::string limit_text(const Candidate& candidate) {
  std::string text;
  if (candidate.most_difference > 0) text = fmt::format("difference <= {:g}", candidate.most_difference);
  if (candidate.least_top1 > 0) text += fmt::format("{}top-1 >= {:.1f} %", text.empty() ? "" : ", ", 100 * candidate.least_top1);
  return text;
}

bool passes(const Agreement& agreement, const Candidate& candidate) {
  const bool close = candidate.most_difference <= 0 || agreement.relative() <= candidate.most_difference;
  return close && agreement.top1 >= candidate.least_top1;
}

}  // namespace

std::vector<std::string> precisions_of(const std::filesystem::path& model) {
  const auto loaded =
      runtime::Model::load(model.string(), {.precision = runtime::Precision::fp32, .threads = 1, .cached_shapes = 1});
  std::vector<std::string> names = {"fp32"};
  if (runtime::processor_has(runtime::Precision::bf16)) names.emplace_back("bf16");
  if (loaded.metadata().count(runtime::calibration_key) && runtime::processor_has(runtime::Precision::int8))
    names.emplace_back("int8");
  return names;
}

Candidate runtime_candidate(const std::filesystem::path& model, const std::string& precision, std::int64_t threads) {
  FaceClassifierOptions options;
  options.precision = precision;
  options.threads = threads;
  const std::shared_ptr<FaceClassifier> classifier = ExpressionModel::load(model, options);
  Candidate out;
  out.name = "mien " + precision;
  if (precision == "fp32")
    out.most_difference = fp32_difference;
  else
    out.least_top1 = precision == "bf16" ? bf16_top1 : int8_top1;
  out.logits = [classifier](const HostBatch& batch) { return classifier->answer(batch).logits; };
  return out;
}

Candidate onnxruntime_candidate(const std::filesystem::path& model, const OnnxRuntimeProgram& program) {
  Candidate out;
  out.name = "ONNX Runtime fp32";
  out.most_difference = fp32_difference;
  out.logits = [model, program](const HostBatch& batch) {
    auto outputs = run_onnxruntime(program, model, {batch.size, batch.channels, batch.height, batch.width}, batch.images);
    const auto logits = outputs.find("logits");
    if (logits == outputs.end())
      throw Error(ErrorCode::mismatch, model.string() + ": has no output 'logits' to compare",
                  "Export it with --outputs logits,...");
    return std::move(logits->second.values);
  };
  return out;
}

std::vector<VerifyRow> verify(const std::filesystem::path& weights, const ExampleImages& images,
                              const std::vector<Candidate>& candidates, Progress& progress) {
  FaceClassifierOptions options;
  options.device = "cpu";
  Predictor reference = Predictor::load(weights, options);
  std::vector<float> expected;
  std::vector<std::vector<float>> found(candidates.size());
  int classes = 0;
  progress.begin("verifying", 0);
  std::int64_t done = 0;
  for_each_batch(images, reference.info().preprocessing, [&](const HostBatch& batch) {
    const FaceAnswers answers = reference.answer(batch);
    classes = answers.classes;
    expected.insert(expected.end(), answers.logits.begin(), answers.logits.end());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const auto logits = candidates[i].logits(batch);
      found[i].insert(found[i].end(), logits.begin(), logits.end());
    }
    progress.advance(done += batch.size, "");
  });
  if (done == 0)
    throw Error(ErrorCode::bad_data, "there is no image to compare on", "Name another data set or split, or use random input.");
  std::vector<VerifyRow> rows;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    VerifyRow row{
        .name = candidates[i].name, .agreement = agreement(expected, found[i], classes), .limit = limit_text(candidates[i])};
    row.passed = passes(row.agreement, candidates[i]);
    rows.push_back(std::move(row));
  }
  progress.end(fmt::format("{} images compared", done));
  return rows;
}

}  // namespace mien::exporting
