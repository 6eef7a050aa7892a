// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "mien/explain/attribution.h"
#include "mien/explain/explain.h"
#include "mien/explain/faithfulness.h"
#include "mien/explain/inner_view.h"
#include "mien/explain/target.h"
#include "mien/methods/compute.h"
#include "mien/model_info/weights_info.h"

namespace mien {

/// Explains batch after batch and adds what it finds to a result, whose `methods` say which maps are wanted.
class BatchExplainer {
 public:
  /// What is explained; everything must outlive the explainer.
  struct Subject {
    const ExplainedModel& model;
    const InnerView& inner;
    const WeightsInfo& info;
    const ExplainTarget& target;
    const Dataset& data;
    const ComputePlan& plan;
    const FindPoints& find_points;
  };
  struct Options {
    AttributionOptions attribution;
    bool measure_faithfulness = false;
    FaithfulnessOptions faithfulness;
    std::int64_t panels = 48;
    std::filesystem::path output;
  };
  BatchExplainer(const Subject& subject, Options options, ExplainResult& result);

  /// Calls `advance` with the share of the batch, in images, that is done.
  void explain(const HostBatch& host, const std::function<void(std::int64_t)>& advance);
  /// Fills what only the end of the data tells: times and mean curves.
  void finish();

 private:
  struct Answers;
  /// Whether the next image of the result gets one.
  bool panel_is_wanted() const;
  Answers answer(const HostBatch& host) const;
  void map_with(std::size_t method, Answers& answers);
  void measure(std::size_t method, Answers& answers);
  /// Shows and measures what the methods know of themselves; where the data have no landmarks, with those that were found.
  void look_inside(const HostBatch& host, Answers& answers);
  void add_image(const HostBatch& host, int row, Answers& answers);
  Points points_of(const HostBatch& host, int row) const;
  void write_files(ExplainedImage& image, const cv::Mat& face, const std::vector<cv::Mat>& maps, const Answers& answers, int row);

  Subject s_;
  Options options_;
  ExplainResult& result_;
  std::vector<double> seconds_;
  std::vector<std::vector<double>> deletion_sums_, insertion_sums_;
};

}  // namespace mien
