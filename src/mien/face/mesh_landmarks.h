// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <memory>
#include <string>

#include "mien/face/landmark_model.h"
#include "mien/image/geometry.h"
#include "mien/runtime/runtime.h"

namespace mien {

/// True when one of the network's outputs holds 468 or 478 points in three dimensions.
bool is_face_mesh(const runtime::Model& model);

/// MediaPipe's face mesh (Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019) as an
/// ONNX file: input RGB 0..1, [1,3,S,S] or [1,S,S,3]; one output of 1404 or 1434 values x y z in pixels of the input (or in
/// shares of its side), and, where there is one, an output of one value, the logit of a face being there. Throws Error{bad_file}.
std::unique_ptr<LandmarkModel> make_face_mesh(const runtime::Model& model, const std::string& file);

/// The square that the mesh network looks at, as a map of the unit square to pixels: its upper edge is parallel to the line of
/// the eyes, its side is 1.5 times the longer side of the face from chin to forehead, a quarter of the face on each side.
Affine mesh_frame(const Points& points68);

}  // namespace mien
