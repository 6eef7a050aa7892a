// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/graph/onnx_file.h"
#include "mien/metrics/agreement.h"
#include "mien/runtime/runtime.h"

namespace mien {
namespace {

using runtime::Model;
using runtime::Precision;

runtime::TensorView view_of(const HostBatch& batch) {
  return {{batch.size, batch.channels, batch.height, batch.width}, batch.images.data()};
}

std::size_t image_count(const std::vector<HostBatch>& batches) {
  return std::accumulate(batches.begin(), batches.end(), std::size_t{0},
                         [](std::size_t n, const HostBatch& b) { return n + static_cast<std::size_t>(b.size); });
}

/// Logits of all images, a row each.
struct Answers {
  std::vector<float> logits;
  std::size_t classes = 1;
  std::size_t label(std::size_t image) const {
    const auto row = logits.begin() + static_cast<std::ptrdiff_t>(image * classes);
    return static_cast<std::size_t>(std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row);
  }
  std::size_t images() const { return logits.size() / classes; }
};

class Quantizer {
 public:
  Quantizer(const std::filesystem::path& model, const std::vector<HostBatch>& calibration, const std::vector<HostBatch>& check,
            const QuantizeOptions& options, Progress& progress)
      : graph_(graph::read_onnx(model)),
        origin_(model.string()),
        calibration_(calibration),
        check_(check),
        options_(options),
        progress_(progress) {
    if (calibration.empty() || check.empty())
      throw Error(ErrorCode::bad_data, "there are no images to calibrate on or none to check with");
    for (const auto* key : {runtime::calibration_key, runtime::agreement_key}) graph_.metadata.erase(key);
  }

  QuantizeResult run(const std::filesystem::path& output) {
    reference_ = answers(Precision::fp32, check_);
    result_.checks.push_back(compare("fp32", reference_, 1));
    if (runtime::processor_has(Precision::bf16))
      result_.checks.push_back(compare("bf16", answers(Precision::bf16, check_), options_.least_bf16));
    observe();
    result_.checks.push_back(choose_layers());
    record();
    graph::write_onnx(graph_, output);
    return result_;
  }

 private:
  Model model(Precision precision) const {
    const auto bytes = graph::serialize_onnx(graph_);
    runtime::ModelOptions how;
    how.precision = precision;
    how.threads = static_cast<int>(options_.threads);
    return Model::parse(bytes.data(), bytes.size(), origin_, how);
  }

  static std::size_t logits_of(const Model& model) {
    for (std::size_t i = 0; i < model.outputs().size(); ++i)
      if (model.outputs()[i].name == "logits") return i;
    return 0;
  }

  Answers answers(Precision precision, const std::vector<HostBatch>& batches) const {
    const Model network = model(precision);
    const auto output = logits_of(network);
    runtime::Session session(network);
    Answers all;
    for (const auto& batch : batches) {
      const auto& logits = session.run({view_of(batch)}).at(output);
      if (logits.shape.size() != 2)
        throw Error(ErrorCode::mismatch, origin_ + ": its output is no row of logits an image",
                    "Only classifiers can be checked.");
      all.classes = static_cast<std::size_t>(logits.shape[1]);
      const auto* values = logits.values<float>();
      all.logits.insert(all.logits.end(), values, values + logits.size());
    }
    return all;
  }

  PrecisionCheck compare(const std::string& precision, const Answers& found, double least) const {
    PrecisionCheck check{precision, 0, 0, 1, 0, false};
    std::int64_t right = 0;
    std::size_t image = 0;
    for (const auto& batch : check_)
      for (int i = 0; i < batch.size; ++i, ++image) {
        const auto label = static_cast<std::size_t>(i) < batch.labels.size() ? batch.labels[static_cast<std::size_t>(i)] : -1;
        if (label < 0) continue;
        ++check.labelled;
        right += found.label(image) == static_cast<std::size_t>(label);
      }
    check.images = static_cast<std::int64_t>(image);
    check.agreement = agreement(reference_.logits, found.logits, static_cast<int>(found.classes)).top1;
    if (check.labelled > 0) check.accuracy = static_cast<double>(right) / static_cast<double>(check.labelled);
    const double lost = result_.checks.empty() ? 0 : result_.checks.front().accuracy - check.accuracy;
    check.passed = check.agreement >= least && lost <= options_.most_accuracy_loss;
    return check;
  }

  void observe() {
    const Model network = model(Precision::fp32);
    runtime::Calibrator calibrator(network);
    progress_.begin("calibration", static_cast<std::int64_t>(calibration_.size()));
    for (std::size_t i = 0; i < calibration_.size(); ++i) {
      calibrator.add({view_of(calibration_[i])});
      progress_.advance(static_cast<std::int64_t>(i) + 1, "batches");
    }
    progress_.end(fmt::format("ranges observed on {} images", image_count(calibration_)));
    ranges_ = parse_json(calibrator.finish(options_.percentile), runtime::calibration_key);
    runtime::Session session(network);
    for (const auto& layer : session.profile({view_of(check_.front())}, 1))
      if (layer.gflop > 0) layers_.push_back(layer.name);
    result_.layers = layers_.size();
  }

  void keep_in_float(const std::vector<std::string>& nodes) {
    ranges_["float_nodes"] = nodes;
    graph_.metadata[runtime::calibration_key] = json_text(ranges_);
  }

  PrecisionCheck check_int8(std::size_t float_layers) {
    result_.float_nodes.assign(by_harm_.begin(), by_harm_.begin() + static_cast<std::ptrdiff_t>(float_layers));
    keep_in_float(result_.float_nodes);
    return compare("int8", answers(Precision::int8, check_), options_.least_int8);
  }

  /// All layers in int8 when that passes, else the fewest in higher precision, doubling.
  PrecisionCheck choose_layers() {
    auto check = check_int8(0);
    if (check.passed) return check;
    sort_by_harm();
    for (std::size_t kept = 1; !check.passed && kept <= layers_.size() / 2; kept *= 2) check = check_int8(kept);
    return check;
  }

  /// Mean squared change of the logits when one layer alone is rounded to 8 bits, most harmful first.
  void sort_by_harm() {
    const std::vector<HostBatch> few(check_.begin(), check_.begin() + 1);
    std::vector<std::pair<double, std::string>> harm;
    progress_.begin("layers one by one", static_cast<std::int64_t>(layers_.size()));
    for (const auto& layer : layers_) {
      std::vector<std::string> others;
      std::copy_if(layers_.begin(), layers_.end(), std::back_inserter(others), [&](const auto& name) { return name != layer; });
      keep_in_float(others);
      const auto found = answers(Precision::int8, few);
      double sum = 0;
      for (std::size_t i = 0; i < found.logits.size(); ++i) sum += std::pow(found.logits[i] - reference_.logits[i], 2);
      harm.emplace_back(-sum, layer);
      progress_.advance(static_cast<std::int64_t>(harm.size()), layer);
    }
    progress_.end("layers ordered by what their rounding does to the logits");
    std::sort(harm.begin(), harm.end());
    for (const auto& [value, layer] : harm) by_harm_.push_back(layer);
  }

  void record() {
    nlohmann::json agreement;
    for (const auto& check : result_.checks)
      if (check.precision != "fp32")
        agreement[check.precision] = {{"agreement", check.agreement}, {"passed", check.passed}, {"images", check.images}};
    graph_.metadata[runtime::agreement_key] = json_text(agreement);
  }

  graph::Graph graph_;
  std::string origin_;
  const std::vector<HostBatch>& calibration_;
  const std::vector<HostBatch>& check_;
  QuantizeOptions options_;
  Progress& progress_;
  Answers reference_;
  nlohmann::json ranges_;
  std::vector<std::string> layers_, by_harm_;
  QuantizeResult result_;
};

}  // namespace

QuantizeResult quantize(const std::filesystem::path& model, const std::filesystem::path& output,
                        const std::vector<HostBatch>& calibration, const std::vector<HostBatch>& check,
                        const QuantizeOptions& options, Progress& progress) {
  return Quantizer(model, calibration, check, options, progress).run(output);
}

}  // namespace mien
