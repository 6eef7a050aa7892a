// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <nlohmann/json.hpp>

#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/report/evaluation_report.h"
#include "mien/report/predictions_csv.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;

Json pair(const Interval& interval) { return Json::array({interval.low, interval.high}); }

/// Values by class name; null for classes without images, whose recall is not known.
Json by_class(const EvaluationResult& result, const std::vector<double>& values) {
  Json object = Json::object();
  for (std::size_t c = 0; c < values.size(); ++c)
    object[result.class_names[c]] = result.metrics.support[c] > 0 ? Json(values[c]) : Json(nullptr);
  return object;
}

Json support_by_class(const EvaluationResult& result) {
  Json object = Json::object();
  for (std::size_t c = 0; c < result.class_names.size(); ++c) object[result.class_names[c]] = result.metrics.support[c];
  return object;
}

Json dimension(const RegressionMetrics& m) {
  return {{"rmse", m.rmse}, {"mae", m.mae}, {"pcc", m.pcc}, {"ccc", m.ccc}, {"sagr", m.sagr}};
}

/// The leading number of the first fact whose name contains `word` ("excluded images" -> "385 (ties)").
Json count_in_facts(const EvaluationResult& result, const std::string& word) {
  for (const auto& [name, value] : result.facts) {
    if (to_lower(name).find(word) == std::string::npos) continue;
    std::string digits;
    for (const char c : value) {
      if (c == ',' && !digits.empty()) continue;
      if (c < '0' || c > '9') break;
      digits += c;
    }
    long long count = 0;
    const auto end = digits.data() + digits.size();
    if (!digits.empty() && std::from_chars(digits.data(), end, count).ec == std::errc()) return count;
  }
  return nullptr;
}

Json reliability(const ClassificationMetrics& metrics) {
  Json bins = Json::array();
  for (const auto& bin : metrics.reliability) {
    if (bin.count > 0)
      bins.push_back({{"count", bin.count}, {"accuracy", bin.accuracy}, {"confidence", bin.confidence}});
    else
      bins.push_back({{"count", 0}, {"accuracy", nullptr}, {"confidence", nullptr}});
  }
  return bins;
}

Json failures(const EvaluationResult& result) {
  Json list = Json::array();
  for (const auto& failure : result.failures) list.push_back({{"image", failure.id}, {"reason", failure.reason}});
  return list;
}

}  // namespace

std::string evaluation_json(const EvaluationResult& result, int indent) {
  check_class_names(result.class_names, static_cast<int>(result.metrics.support.size()));
  const ClassificationMetrics& m = result.metrics;
  Json json{{"title", result.title},
            {"n", m.n},
            {"excluded", count_in_facts(result, "excluded")},
            {"failed", result.failures.empty() ? count_in_facts(result, "failed") : Json(result.failures.size())},
            {"accuracy", m.accuracy},
            {"balanced_accuracy", m.balanced_accuracy},
            {"macro_f1", m.macro_f1},
            {"f1_of_macro", m.f1_of_macro},
            {"macro_precision", m.macro_precision},
            {"macro_recall", m.macro_recall},
            {"top2", m.top2_accuracy},
            {"cohen_kappa", m.cohen_kappa},
            {"class_accuracy_variance", m.class_accuracy_variance},
            {"ece", m.ece},
            {"mce", m.mce},
            {"nll", m.nll},
            {"brier", m.brier},
            {"mean_confidence", m.mean_confidence},
            {"temperature", result.predictions.temperature}};
  if (result.intervals)
    json["intervals"] = {{"accuracy", pair(result.intervals->accuracy)},
                         {"balanced_accuracy", pair(result.intervals->balanced_accuracy)},
                         {"macro_f1", pair(result.intervals->macro_f1)},
                         {"ece", pair(result.intervals->ece)}};
  if (result.valence) json["valence"] = dimension(*result.valence);
  if (result.arousal) json["arousal"] = dimension(*result.arousal);
  json["class_names"] = result.class_names;
  json["per_class"] = by_class(result, m.recall);
  json["per_class_precision"] = by_class(result, m.precision);
  json["per_class_f1"] = by_class(result, m.f1);
  json["support"] = support_by_class(result);
  json["confusion_rows_are_true"] = m.confusion;
  json["reliability"] = reliability(m);
  Json facts = Json::object();
  for (const auto& [name, value] : result.facts) facts[name] = value;
  json["facts"] = facts;
  json["failures"] = failures(result);
  return json_text(json, indent) + "\n";
}

}  // namespace mien
