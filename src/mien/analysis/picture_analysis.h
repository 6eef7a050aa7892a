// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mien/analysis/face_worker.h"
#include "mien/base/progress.h"
#include "mien/image/picture.h"

namespace mien {

/// Looks at picture files on up to `threads` threads; results come in the order of the files. A file at which anything fails comes as a result
/// with an error: whatever is thrown while one is looked at is that file's failure. Throws Error{interrupted} when `stop` is requested, and
/// what `take` throws.
void analyze_pictures(const std::vector<std::string>& files, FaceWorkers& workers, int threads, const StopFlag& stop,
                      const std::function<void(FrameResult&& result, const cv::Mat& image_rgb)>& take);

/// One RGB picture that is already in memory; positions are those of the full picture. Faces that fail in part are kept, and named in the result's error.
FrameResult analyze_picture(const std::string& name, const Picture& picture, FaceWorker& worker);

}  // namespace mien
