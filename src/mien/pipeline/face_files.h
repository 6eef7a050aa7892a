// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "mien/base/file_walk.h"
#include "mien/base/progress.h"
#include "mien/pipeline/face_classifier.h"

namespace mien {

/// The image files that arguments mean, in order: a file stands for itself, a folder for the pictures below it (find_pictures(): by
/// content, links followed, sorted), a pattern with * or ? for what it matches, "-" for a list of such arguments read from `list`
/// (read_file_list()). Throws Error{not_found} for an argument that means nothing; what a list names and is not there stays in it.
WalkedFiles list_face_files(const std::vector<std::string>& arguments, std::istream& list);

/// Throws Error{usage} when one of the files can be read once only: for work that reads its files several times.
void refuse_pipes(const std::vector<std::string>& files);

/// One row of output: an answer or the reason why there is none.
struct FaceRow {
  std::string file;
  std::optional<FacePrediction> prediction;
  std::string error;
};

/// Answers for files in batches, reading ahead in parallel; calls `write` once for each file, in order. Pipes are read once, to their
/// end, and waiting for them ends with `stop`. Whatever is thrown for one file, and an answer that is not finite, is that file's failure.
/// Returns how many failed. Throws Error{bad_data} when more than `max_bad_share` of at least 20 files did.
std::int64_t predict_files(FaceClassifier& classifier, const std::vector<std::string>& files, std::int64_t batch_size,
                           int threads, double max_bad_share, Progress& progress, const StopFlag& stop,
                           const std::function<void(const FaceRow&)>& write);

}  // namespace mien
