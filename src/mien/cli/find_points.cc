// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/find_points.h"

#include <memory>

#include "mien/base/error.h"
#include "mien/face/detector.h"
#include "mien/face/landmark_choice.h"
#include "mien/face/landmark_model.h"

namespace mien::cli {

FindPoints point_finder(const std::string& landmarks, const ModelPlaces& places, Progress& progress) {
  if (landmarks == "none") return {};
  std::shared_ptr<LandmarkModel> model;
  try {
    const std::string file = find_landmark_model(landmarks == "auto" ? "" : landmarks, places);
    model = make_landmark_model(file);
    progress.info("facial parts: faces by dlib, landmarks by " + file);
  } catch (const Error& error) {
    if (landmarks != "auto" || error.code() != ErrorCode::not_found) throw;
    progress.info(std::string("no facial parts where the data have no landmarks: ") + error.what());
    return {};
  }
  const std::shared_ptr<FaceDetector> detector = make_face_detector();
  return [detector, model](const cv::Mat& picture) -> Points {
    const auto found = detector->detect(picture);
    if (found.empty()) return {};
    return model->find(picture, found.front(), detector->name()).points;
  };
}

}  // namespace mien::cli
