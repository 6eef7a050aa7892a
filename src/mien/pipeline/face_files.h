// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/pipeline/face_classifier.h"

namespace mien {

/// The image files that arguments mean, in order: a file stands for itself, a folder for the images below it (sorted), a
/// pattern with * or ? for what it matches, "-" for a list of names read from `list`. Throws Error{not_found} for an
/// argument that means nothing.
std::vector<std::string> list_face_files(const std::vector<std::string>& arguments, std::istream& list);

/// One row of output: an answer or the reason why there is none.
struct FaceRow {
  std::string file;
  std::optional<FacePrediction> prediction;
  std::string error;
};

/// Answers for files in batches, reading ahead in parallel; calls `write` once for each file, in order. Whatever is thrown for one
/// file, and an answer that is not finite, is that file's failure. Returns how many failed. Throws Error{bad_data} when more than
/// `max_bad_share` of at least 20 files did.
std::int64_t predict_files(FaceClassifier& classifier, const std::vector<std::string>& files, std::int64_t batch_size,
                           int threads, double max_bad_share, Progress& progress, const StopFlag& stop,
                           const std::function<void(const FaceRow&)>& write);

}  // namespace mien
