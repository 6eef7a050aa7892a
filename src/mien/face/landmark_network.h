// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "mien/face/landmark_model.h"
#include "mien/runtime/runtime.h"

namespace mien {

/// True when the ONNX file says in its metadata that it is a landmark network of mien's (landmark_frame.h).
bool is_landmark_network(const runtime::Model& model);

/// A network with input "frame" [N,1,S,S] and outputs "points" [N,136] (x0,y0,x1,... in shares of the frame) and "face" [N,1] (a
/// logit: does a face fill the frame?). It looks, lays the frame anew about the points it found (turned upright), and looks
/// again; `confidence` is that of the last look. From a detection with five points the first frame is turned already; else it
/// comes from the box. `file` stands in messages. Throws Error{bad_file} for metadata, inputs or outputs that do not fit.
std::unique_ptr<LandmarkModel> make_landmark_network(const runtime::Model& model, const std::string& file);
/// Reads the file; computes in fp32 on one thread. Throws Error{not_found}, Error{bad_file}.
std::unique_ptr<LandmarkModel> load_landmark_network(const std::filesystem::path& file);

}  // namespace mien
