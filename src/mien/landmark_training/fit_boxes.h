// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/face/landmark_frame.h"
#include "mien/landmark_training/scoring.h"

namespace mien {

/// Fits how this detector's boxes lie to the frames of a landmark network (an ONNX file that scripts/train_landmarks.py wrote)
/// and writes the network with the fit in its metadata, atomically; `to` may be the same file. Throws Error{bad_data} when no
/// face has a box, Error{bad_file} when the file is no landmark network.
FrameFromBox fit_network_boxes(const Dataset& dataset, const FaceBoxes& boxes, const std::filesystem::path& from,
                               const std::filesystem::path& to);

}  // namespace mien
