// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/landmark_training/fit_boxes.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/graph/onnx_file.h"
#include "mien/landmark_training/landmark_data.h"

namespace mien {

FrameFromBox fit_network_boxes(const Dataset& dataset, const FaceBoxes& boxes, const std::filesystem::path& from,
                               const std::filesystem::path& to) {
  if (static_cast<std::int64_t>(boxes.boxes.size()) != dataset.size())
    throw Error(ErrorCode::usage, fmt::format("fitting boxes: {} boxes for {} faces", boxes.boxes.size(), dataset.size()));
  graph::Graph network = graph::read_onnx(from);
  const auto entry = network.metadata.find(landmark_frame_key);
  if (entry == network.metadata.end())
    throw Error(ErrorCode::bad_file,
                fmt::format("{}: lacks the metadata entry '{}' of a landmark network", from.string(), landmark_frame_key));
  LandmarkFrame frame = parse_landmark_frame(entry->second, from.string());
  std::vector<cv::Rect2f> found;
  std::vector<Points> points;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto& box = boxes.boxes[static_cast<std::size_t>(i)];
    if (!box) continue;
    found.push_back(box->box);
    points.push_back(load_landmark_face(dataset, i).annotations.landmarks);
  }
  if (found.empty())
    throw Error(ErrorCode::bad_data,
                fmt::format("{}: no face has a box of detector '{}', nothing to fit", dataset.name, boxes.detector));
  const FrameFromBox fit = fit_frame_from_boxes(frame, found, points);
  frame.boxes[boxes.detector] = fit;
  entry->second = to_json(frame);
  graph::write_onnx(network, to);
  return fit;
}

}  // namespace mien
