// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/face/detector.h"
#include "mien/face/landmark_frame.h"
#include "mien/face_geometry/points.h"

namespace mien {

/// How the detector of this name (FaceDetector::name()) frames faces. An unknown one is taken for one that frames the 68 points
/// tightly, which is what "reference" does.
FrameFromBox frame_of_detector(const std::string& detector);

/// Where the 68 landmarks of an average face lie when a detector frames it so, in pixels: where a search begins. Turned as the
/// detection's eyes are, where it has five points. Throws Error{bad_data} for an empty box.
Points expected_landmarks(const Detection& detection, const std::string& detector);

/// The 68 landmarks of an average face in shares of the frame.
const Points& average_face();

}  // namespace mien
