// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/batch_explainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "mien/base/files.h"
#include "mien/explain/baseline.h"
#include "mien/explain/input_pictures.h"
#include "mien/explain/map_pictures.h"
#include "mien/explain/npy.h"
#include "mien/image/color.h"
#include "mien/image/encode.h"
#include "mien/report/show.h"
#include "mien/report/thumbnail.h"

namespace mien {
namespace {

constexpr int tile_px = 224, jpeg_quality_percent = 88;
constexpr int landmark_count = 68;

MapColors colors_of(const MapMethod& method) {
  return map_method(method.name).is_signed ? MapColors::diverging : MapColors::sequential;
}

/// A file name for the image: its number in the result and the end of its id, without what file systems dislike.
std::string file_stem(std::size_t number, const std::string& id) {
  constexpr std::size_t longest = 60;
  std::string name = fs::path(id).stem().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') c = '_';
  return fmt::format("{:05d}-{}", number, name.substr(0, longest));
}

void add_to(std::vector<double>& sums, const std::vector<double>& values) {
  sums.resize(values.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
}

}  // namespace

struct BatchExplainer::Answers {
  AttributionBatch batch;
  torch::Tensor replacements;  ///< of removed pixels
  std::vector<ExplainedImage> images;
  std::vector<torch::Tensor> maps;  ///< [methods] of [N,H,W]
  std::map<std::string, torch::Tensor> own;
  std::vector<Points> points;  ///< of each image; empty where there is no face
  std::vector<InnerPicture> inner;
};

BatchExplainer::BatchExplainer(const Subject& subject, Options options, ExplainResult& result)
    : s_(subject), options_(std::move(options)), result_(result) {
  const std::size_t methods = result_.methods.size();
  seconds_.resize(methods);
  deletion_sums_.resize(methods);
  insertion_sums_.resize(methods);
  const Preprocessing& p = s_.info.preprocessing;
  result_.averages.emplace(static_cast<int>(result_.class_names.size()), static_cast<int>(methods), cv::Size(p.width, p.height));
  if (options_.panels <= 0) return;
  fs::create_directories(options_.output / "panels");
  fs::create_directories(options_.output / "maps");
}

bool BatchExplainer::panel_is_wanted() const { return static_cast<std::int64_t>(result_.images.size()) < options_.panels; }

BatchExplainer::Answers BatchExplainer::answer(const HostBatch& host) const {
  torch::NoGradGuard no_grad;
  Answers answers;
  answers.batch.images = to_batch(host, s_.plan.device, s_.plan.channels_last).images;
  answers.batch.indices = host.indices;
  const auto logits = s_.model.logits(answers.batch.images);
  answers.batch.labels = explained_labels(logits, s_.target);
  if (options_.measure_faithfulness)
    answers.replacements = baseline_images(answers.batch.images, options_.faithfulness.replace, s_.info.preprocessing);
  if (panel_is_wanted()) answers.own = s_.model.own_pictures(answers.batch.images);

  const auto on_cpu = [](const torch::Tensor& t, auto type) { return t.to(torch::kCPU, type).contiguous(); };
  const auto values = on_cpu(explained_values(logits, answers.batch.labels), torch::kFloat64);
  const auto labels = on_cpu(answers.batch.labels, torch::kInt64);
  const auto best = torch::softmax(on_cpu(logits, torch::kFloat64) / s_.info.temperature, 1).max(1);
  for (int i = 0; i < host.size; ++i) {
    ExplainedImage& image = answers.images.emplace_back();
    image.id = s_.data.records[static_cast<std::size_t>(host.indices[static_cast<std::size_t>(i)])].id;
    image.truth = static_cast<int>(host.labels[static_cast<std::size_t>(i)]);
    image.confidence = std::get<0>(best)[i].item<double>();
    image.predicted = static_cast<int>(std::get<1>(best)[i].item<std::int64_t>());
    image.target = static_cast<int>(labels[i].item<std::int64_t>());
    image.value = values[i].item<double>();
    image.methods.resize(result_.methods.size());
  }
  return answers;
}

void BatchExplainer::map_with(std::size_t method, Answers& answers) {
  const auto start = std::chrono::steady_clock::now();
  const AttributionMaps found =
      attribute(s_.model, result_.methods[method].method, answers.batch, options_.attribution, s_.info.preprocessing);
  seconds_[method] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  answers.maps.push_back(found.maps);
  result_.methods[method].empty_maps += (found.maps.abs().amax({1, 2}) == 0).sum().item<std::int64_t>();
  for (std::size_t i = 0; i < found.completeness_gap.size(); ++i)
    answers.images[i].methods[method].completeness_gap = found.completeness_gap[i];
}

void BatchExplainer::measure(std::size_t method, Answers& answers) {
  const auto curves = faithfulness(s_.model, answers.batch.images, answers.replacements, answers.maps[method],
                                   answers.batch.labels, s_.info.temperature, options_.faithfulness);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    answers.images[i].methods[method].deletion_area = curves[i].deletion_area;
    answers.images[i].methods[method].insertion_area = curves[i].insertion_area;
    add_to(deletion_sums_[method], curves[i].deletion);
    add_to(insertion_sums_[method], curves[i].insertion);
  }
}

void BatchExplainer::explain(const HostBatch& host, const std::function<void(std::int64_t)>& advance) {
  Answers answers = answer(host);
  look_inside(host, answers);
  const std::size_t methods = result_.methods.size();
  for (std::size_t m = 0; m < methods; ++m) {
    map_with(m, answers);
    if (options_.measure_faithfulness) measure(m, answers);
    advance(static_cast<std::int64_t>(host.size * (m + 1) / methods));
  }
  for (int i = 0; i < host.size; ++i) add_image(host, i, answers);
}

void BatchExplainer::look_inside(const HostBatch& host, Answers& answers) {
  std::vector<float> landmarks(static_cast<std::size_t>(host.size) * 2 * landmark_count, 0);
  std::vector<float> present;
  for (int i = 0; i < host.size; ++i) {
    const Points& points = answers.points.emplace_back(points_of(host, i));
    present.push_back(points.empty() ? 0.0F : 1.0F);
    for (std::size_t k = 0; k < points.size(); ++k) {
      landmarks[(static_cast<std::size_t>(i) * landmark_count + k) * 2] = points[k].x;
      landmarks[(static_cast<std::size_t>(i) * landmark_count + k) * 2 + 1] = points[k].y;
    }
  }
  Batch batch = to_batch(host, s_.plan.device, s_.plan.channels_last);
  batch.landmarks = torch::tensor(landmarks).reshape({host.size, landmark_count, 2}).to(s_.plan.device);
  batch.has_landmarks = torch::tensor(present).to(s_.plan.device);
  if (panel_is_wanted()) answers.inner = s_.inner.pictures(batch);
  const auto measured = s_.inner.measure(batch, result_.own_numbers);
  for (int i = 0; i < host.size; ++i)
    for (const auto& values : measured) answers.images[static_cast<std::size_t>(i)].own.push_back(values[i].item<double>());
}

Points BatchExplainer::points_of(const HostBatch& host, int row) const {
  const auto r = static_cast<std::size_t>(row);
  if (host.landmark_count == landmark_count && !host.has_landmarks.empty() && host.has_landmarks[r]) {
    Points points;
    const float* value = host.landmarks.data() + r * 2 * landmark_count;
    for (int k = 0; k < landmark_count; ++k) points.emplace_back(value[2 * k], value[2 * k + 1]);
    return points;
  }
  if (!s_.find_points) return {};
  cv::Mat source;
  Points points;
  const std::string& id = s_.data.records[static_cast<std::size_t>(host.indices[r])].id;
  result_.notes.push_back(show_or_say(id + ": shares of facial parts", [&] {
    source = s_.data.load(host.indices[r]).image;
    points = s_.find_points(source);
  }));
  if (points.size() != landmark_count) return {};
  const float x = static_cast<float>(host.width) / static_cast<float>(source.cols),
              y = static_cast<float>(host.height) / static_cast<float>(source.rows);
  for (auto& point : points) point = {(point.x + 0.5f) * x - 0.5f, (point.y + 0.5f) * y - 0.5f};
  return points;
}

void BatchExplainer::add_image(const HostBatch& host, int row, Answers& answers) {
  ExplainedImage& image = answers.images[static_cast<std::size_t>(row)];
  const std::size_t values = host.images.size() / static_cast<std::size_t>(host.size);
  const cv::Mat face = picture_of_input(host.images.data() + static_cast<std::size_t>(row) * values, s_.info.preprocessing);
  std::vector<cv::Mat> maps;
  for (const auto& of_method : answers.maps) maps.push_back(matrix_of(of_method[row]));
  const Points& points = answers.points[static_cast<std::size_t>(row)];
  std::vector<PartShares> shares;
  if (!points.empty()) {
    const FaceRegions regions(points, face.size());
    image.areas = regions.areas();
    for (std::size_t m = 0; m < maps.size(); ++m) shares.push_back(image.methods[m].shares = part_shares(maps[m], regions));
  }
  result_.averages->add(image.truth, image.predicted, face, maps, points, shares);
  if (panel_is_wanted()) write_files(image, face, maps, answers, row);
  result_.images.push_back(std::move(image));
}

void BatchExplainer::write_files(ExplainedImage& image, const cv::Mat& face, const std::vector<cv::Mat>& maps,
                                 const Answers& answers, int row) {
  const auto name = [&](int label) {
    return label < 0 ? std::string("all logits") : result_.class_names[static_cast<std::size_t>(label)];
  };
  std::vector<PanelTile> tiles = {{face, fmt::format("{} {:.0f} %{}", name(image.predicted), 100 * image.confidence,
                                                     image.truth < 0 ? "" : "\ntrue: " + name(image.truth))}};
  std::vector<float> values;
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const MethodSummary& method = result_.methods[m];
    const ImageOfMethod& measured = image.methods[m];
    const std::string areas = std::isnan(measured.deletion_area) ? ""
                                                                 : fmt::format("\ndeletion {:.2f}, insertion {:.2f}",
                                                                               measured.deletion_area, measured.insertion_area);
    const bool empty = cv::countNonZero(maps[m]) == 0;
    tiles.push_back({draw_overlay(face, maps[m], display_scale(maps[m]), colors_of(method.method), tile_px),
                     method.method.label() + (empty ? " (zero everywhere)" : "") + areas});
    values.insert(values.end(), maps[m].begin<float>(), maps[m].end<float>());
  }
  for (const InnerPicture& inner : answers.inner) {
    const cv::Mat map = matrix_of(inner.values[row]);
    const double correlation = inner.correlation.defined() ? inner.correlation[row].item<double>() : not_measured;
    tiles.push_back({draw_overlay(face, map, display_scale(map), MapColors::sequential, tile_px),
                     inner.caption + (std::isnan(correlation) ? "" : fmt::format("\ncorrelation with the prior {:.2f}", correlation))});
  }
  for (const auto& [label, pictures] : answers.own) tiles.push_back({picture_of_tensor(pictures[row]), label});

  const std::string stem = file_stem(result_.images.size(), image.id);
  image.panel = "panels/" + stem + ".png";
  image.maps = "maps/" + stem + ".npy";
  const std::string note = write_or_say(options_.output / image.panel, [&] {
    const cv::Mat panel = draw_panel(tiles, 5, tile_px, fs::path(image.id).filename().string() + ": why " + name(image.target));
    write_image(options_.output / image.panel, panel);
    image.picture = encode_jpeg(fitted_for_jpeg(panel), jpeg_quality_percent);
  });
  if (!note.empty()) {
    image.panel.clear();
    result_.notes.push_back(note);
  }
  write_npy(options_.output / image.maps, {static_cast<std::int64_t>(maps.size()), face.rows, face.cols}, values);
}

void BatchExplainer::finish() {
  const auto images = static_cast<double>(result_.images.size());
  for (std::size_t m = 0; m < result_.methods.size(); ++m) {
    MethodSummary& method = result_.methods[m];
    method.ms_per_image = 1000 * seconds_[m] / images;
    method.deletion_curve = deletion_sums_[m];
    method.insertion_curve = insertion_sums_[m];
    for (auto* curve : {&method.deletion_curve, &method.insertion_curve})
      for (double& value : *curve) value /= images;
  }
}

}  // namespace mien
