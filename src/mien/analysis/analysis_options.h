// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "mien/base/options.h"

namespace mien {

/// What is measured on faces, and with which models.
struct FaceOptions {
  std::string models;                 ///< folder with the models that come with mien, looked in first; "" = none
  std::string model;                  ///< expression model: an ONNX file or a run folder; "" = the one that comes with mien; "none" = no expressions
  std::string precision = "auto";     ///< auto | fp32 | bf16 | int8
  double model_budget = 1;            ///< factor on what the expression model may cost; 0 = no limit
  std::string detector = "dlib";      ///< dlib | cascade | onnx
  std::string detector_model;         ///< the detector's file (onnx), or another cascade
  double detector_threshold = -1;     ///< < 0 = the detector's default
  std::int64_t min_face_px = 0;       ///< 0 = a sixteenth of the longer side, at least 40
  std::int64_t tile_px = 0;           ///< > 0: looks at overlapping tiles too (crowds)
  std::string landmarks;              ///< "dlib", or the file of a landmark model; "" = the default
  std::string embedding;              ///< "" = built in, an ONNX file, or "none"
  double uncertain_below = 0.5;       ///< smaller largest probabilities are marked uncertain
  bool action_units = true;           ///< estimate them from the landmarks
  std::string baseline;               ///< picture or clip of a face at rest, against which all Action Units are measured; "" = none
};

/// How videos are gone through.
struct StreamOptions {
  double from_s = 0;              ///< first time
  double to_s = -1;               ///< end; < 0 = the video's
  std::int64_t every = 1;         ///< only frames whose number is a multiple of this
  std::int64_t detect_every = 10; ///< the detector looks at one of so many analysed frames; faces are followed in between
  bool identities = true;         ///< number people
  double smooth_s = 0;            ///< time constant of the smoothing of probabilities; 0 = none
};

struct AnalysisOptions {
  FaceOptions faces;
  StreamOptions stream;
  std::int64_t threads = 0;  ///< 0 = all cores; the answers do not depend on it
};

void describe(AnalysisOptions& options, OptionTable& table);

}  // namespace mien
