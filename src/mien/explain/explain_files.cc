// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/explain_files.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "mien/base/csv.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/explain/map_pictures.h"
#include "mien/image/encode.h"
#include "mien/report/show.h"

namespace mien {
namespace {

using nlohmann::ordered_json;

constexpr int average_tile_px = 152;

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : ""; }
ordered_json json_number(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

std::string class_name(const ExplainResult& result, int label, const std::string& none) {
  return label < 0 ? none : result.class_names[static_cast<std::size_t>(label)];
}

std::string results_csv(const ExplainResult& result) {
  std::vector<std::string> header = {"image",  "true",  "predicted", "confidence", "target",          "value",
                                     "method", "layer", "deletion",  "insertion",  "completeness_gap"};
  const bool shares = !result.mean_areas.empty();
  for (const char* kind : {"area", "positive", "absolute"})
    for (const auto& region : FaceRegions::names())
      if (shares) header.push_back(std::string(kind) + "_" + region);
  std::string text = csv_line(header);
  for (const auto& image : result.images)
    for (std::size_t m = 0; m < result.methods.size(); ++m) {
      const auto& method = result.methods[m].method;
      const auto& of = image.methods[m];
      std::vector<std::string> row = {image.id,
                                      class_name(result, image.truth, ""),
                                      class_name(result, image.predicted, ""),
                                      number(image.confidence),
                                      class_name(result, image.target, "all"),
                                      number(image.value),
                                      method.name,
                                      method.layer,
                                      number(of.deletion_area),
                                      number(of.insertion_area),
                                      number(of.completeness_gap)};
      for (const auto* values : {&image.areas, &of.shares.positive, &of.shares.absolute})
        for (std::size_t r = 0; shares && r < FaceRegions::names().size(); ++r)
          row.push_back(values->empty() ? "" : number((*values)[r]));
      text += csv_line(row);
    }
  return text;
}

/// "MODEL: NAME" for the models beside the explained one.
std::string label_of(const OwnNumber& number) { return number.model.empty() ? number.name : number.model + ": " + number.name; }

std::string measurements_csv(const ExplainResult& result) {
  std::vector<std::string> header = {"image", "true", "predicted"};
  for (const auto& one : result.own_numbers) header.push_back(label_of(one));
  std::string text = csv_line(header);
  for (const auto& image : result.images) {
    std::vector<std::string> row = {image.id, class_name(result, image.truth, ""), class_name(result, image.predicted, "")};
    for (const double value : image.own) row.push_back(number(value));
    text += csv_line(row);
  }
  return text;
}

std::string class_shares_csv(const ExplainResult& result) {
  std::string text = csv_line({"grouping", "class", "images", "method", "region", "area", "positive", "absolute"});
  for (const Grouping grouping : {Grouping::truth, Grouping::predicted})
    for (int label = 0; label < result.averages->classes(); ++label) {
      const auto average = result.averages->of(grouping, label);
      for (std::size_t m = 0; m < average.shares.size(); ++m)
        for (std::size_t r = 0; r < average.shares[m].positive.size(); ++r)
          text += csv_line({grouping == Grouping::truth ? "true" : "predicted",
                            result.class_names[static_cast<std::size_t>(label)], std::to_string(average.with_points),
                            result.methods[m].method.label(), FaceRegions::names()[r], number(result.mean_areas[r]),
                            number(average.shares[m].positive[r]), number(average.shares[m].absolute[r])});
    }
  return text;
}

ordered_json json_of(const MeanInterval& mean) {
  if (mean.n == 0) return nullptr;
  return {{"mean", mean.mean}, {"low", mean.interval.low}, {"high", mean.interval.high}, {"images", mean.n}};
}

ordered_json shares_json(const std::vector<MeanInterval>& shares) {
  ordered_json j = ordered_json::object();
  for (std::size_t r = 0; r < shares.size(); ++r) j[FaceRegions::names()[r]] = json_of(shares[r]);
  return j;
}

ordered_json json_of(const MethodSummary& one) {
  ordered_json j{{"method", one.method.name},
                 {"layer", one.method.layer},
                 {"ms_per_image", one.ms_per_image},
                 {"empty_maps", one.empty_maps}};
  if (one.completeness_gap.n > 0) j["completeness_gap"] = json_of(one.completeness_gap);
  if (one.deletion.n > 0) {
    j["deletion"] = json_of(one.deletion);
    j["insertion"] = json_of(one.insertion);
    j["deletion_curve"] = one.deletion_curve;
    j["insertion_curve"] = one.insertion_curve;
  }
  for (const auto& gain : one.gains)
    j["gain_over"][gain.control] = {{"deletion", json_of(gain.deletion)}, {"insertion", json_of(gain.insertion)}};
  if (!one.positive_shares.empty()) {
    j["positive_shares"] = shares_json(one.positive_shares);
    j["absolute_shares"] = shares_json(one.absolute_shares);
  }
  return j;
}

ordered_json json_of(const ExplainResult& result, const ExplainedImage& image) {
  ordered_json j{{"image", image.id},
                 {"true", image.truth < 0 ? ordered_json(nullptr) : ordered_json(class_name(result, image.truth, ""))},
                 {"predicted", class_name(result, image.predicted, "")},
                 {"confidence", image.confidence},
                 {"target", class_name(result, image.target, "all")},
                 {"value", json_number(image.value)}};
  if (!image.panel.empty()) j["panel"] = image.panel;
  if (!image.maps.empty()) j["maps"] = image.maps;
  return j;
}

/// One a method, so that classes can be compared: the mean of the classes' own, weighted by images. The largest would come from
/// the class with the fewest images, whose noise has not averaged out.
std::vector<double> scales_of(const std::vector<ClassAverages::Average>& averages) {
  std::vector<double> scales;
  for (std::size_t m = 0; m < averages.front().maps.size(); ++m) {
    double sum = 0, images = 0;
    for (const auto& average : averages) {
      if (cv::countNonZero(average.maps[m]) == 0) continue;
      sum += static_cast<double>(average.count) * display_scale(average.maps[m]);
      images += static_cast<double>(average.count);
    }
    scales.push_back(images > 0 ? sum / images : 1);
  }
  return scales;
}

}  // namespace

std::string explanation_json(const ExplainResult& result, int indent) {
  ordered_json j;
  for (const auto& [key, value] : result.facts) j["facts"][key] = value;
  j["classes"] = result.class_names;
  for (std::size_t r = 0; r < result.mean_areas.size(); ++r) j["mean_areas"][FaceRegions::names()[r]] = result.mean_areas[r];
  for (const auto& one : result.methods) j["methods"].push_back(json_of(one));
  for (std::size_t k = 0; k < result.own_numbers.size(); ++k)
    j["measurements"].push_back({{"name", result.own_numbers[k].name}, {"model", result.own_numbers[k].model}, {"value", json_of(result.own_means[k])}});
  for (const auto& image : result.images) j["images"].push_back(json_of(result, image));
  j["failures"] = ordered_json::array();
  for (const auto& bad : result.failures) j["failures"].push_back({{"image", bad.id}, {"reason", bad.reason}});
  return json_text(j, indent);
}

cv::Mat averages_figure(const ExplainResult& result, Grouping grouping) {
  std::vector<ClassAverages::Average> averages;
  std::vector<int> labels;
  for (int label = 0; label < result.averages->classes(); ++label) {
    auto average = result.averages->of(grouping, label);
    if (average.count == 0) continue;
    averages.push_back(std::move(average));
    labels.push_back(label);
  }
  if (averages.empty()) return {};
  const std::vector<double> scales = scales_of(averages);
  std::vector<PanelTile> tiles;
  for (std::size_t i = 0; i < averages.size(); ++i) {
    tiles.push_back(
        {averages[i].face, fmt::format("{}, {}", result.class_names[static_cast<std::size_t>(labels[i])], averages[i].count)});
    for (std::size_t m = 0; m < scales.size(); ++m) {
      const auto colors = map_method(result.methods[m].method.name).is_signed ? MapColors::diverging : MapColors::sequential;
      tiles.push_back({draw_overlay(averages[i].face, averages[i].maps[m], scales[m], colors, average_tile_px),
                       result.methods[m].method.label()});
    }
  }
  return draw_panel(tiles, static_cast<int>(scales.size()) + 1, average_tile_px,
                    fmt::format("Mean maps by {} class{}", grouping == Grouping::truth ? "true" : "predicted",
                                result.averages->aligned() ? ", faces aligned" : ""));
}

std::string write_explanation(const ExplainResult& result, const fs::path& folder) {
  write_atomically(folder / "results.csv", results_csv(result));
  write_atomically(folder / "results.json", explanation_json(result));
  if (!result.own_numbers.empty()) write_atomically(folder / "measurements.csv", measurements_csv(result));
  if (!result.mean_areas.empty()) write_atomically(folder / "class_shares.csv", class_shares_csv(result));
  std::vector<std::string> notes = result.notes;
  const auto show = [&](const std::string& name, const std::function<void(const fs::path&)>& write) {
    notes.push_back(write_or_say(folder / name, [&] { write(folder / name); }));
  };
  for (const auto grouping : {Grouping::truth, Grouping::predicted})
    show(std::string("class_averages_") + (grouping == Grouping::truth ? "true" : "predicted") + ".png", [&](const fs::path& png) {
      if (const cv::Mat figure = averages_figure(result, grouping); !figure.empty()) write_image(png, figure);
    });
  show("report.html", [&](const fs::path& page) { write_atomically(page, explanation_html(result)); });
  return joined_notes(notes);
}

}  // namespace mien
