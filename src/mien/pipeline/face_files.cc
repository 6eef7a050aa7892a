// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_files.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>

#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/base/text.h"
#include "mien/image/decode.h"

namespace mien {
namespace {

std::vector<std::string> images_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
    if (entry.is_regular_file() && has_image_extension(entry.path())) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorCode::not_found, folder.string() + ": no images in this folder", "Images are jpg, png, webp and bmp files.");
  return files;
}

std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> files(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  ::globfree(&found);
  if (files.empty()) throw Error(ErrorCode::not_found, pattern + ": no file matches");
  return files;
}

FaceRow read_face(const std::string& file, cv::Mat& crop) {
  FaceRow row;
  row.file = file;
  if (const auto problem = attempt(file, [&] { crop = read_image(file, {.keep_gray = true}); })) {
    crop.release();
    row.error = problem->what();
  }
  return row;
}

/// What is no answer is told as such: the largest of NaNs would be the first class.
void take(FacePrediction prediction, FaceRow& row) {
  if (prediction.finite)
    row.prediction = std::move(prediction);
  else
    row.error = row.file + ": the network's answer is not finite (NaN or infinity)";
}

/// All readable crops as one batch; where that fails, each by itself, so that what fails is one file's failure.
void predict(FaceClassifier& classifier, const std::vector<cv::Mat>& crops, std::vector<FaceRow>& rows) {
  std::vector<cv::Mat> readable;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < crops.size(); ++i)
    if (!crops[i].empty()) {
      readable.push_back(crops[i]);
      positions.push_back(i);
    }
  std::vector<FacePrediction> predictions;
  const bool together = !attempt("", [&] { predictions = classifier.predict(readable); });
  for (std::size_t k = 0; k < positions.size(); ++k) {
    FaceRow& row = rows[positions[k]];
    const auto problem = attempt(row.file, [&] { take(together ? std::move(predictions[k]) : classifier.predict({readable[k]}).at(0), row); });
    if (problem) row.error = problem->what();
  }
}

/// Reads one batch of files, answers for the readable ones.
std::vector<FaceRow> answer(FaceClassifier& classifier, const std::vector<std::string>& files, std::size_t begin, std::size_t end,
                            int threads) {
  std::vector<FaceRow> rows(end - begin);
  std::vector<cv::Mat> crops(rows.size());
  parallel_for(static_cast<std::int64_t>(rows.size()), threads, [&](std::int64_t i) {
    const auto k = static_cast<std::size_t>(i);
    rows[k] = read_face(files[begin + k], crops[k]);
  });
  predict(classifier, crops, rows);
  return rows;
}

}  // namespace

std::vector<std::string> list_face_files(const std::vector<std::string>& arguments, std::istream& list) {
  std::vector<std::string> files;
  const auto add = [&](const std::vector<std::string>& more) { files.insert(files.end(), more.begin(), more.end()); };
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      for (std::string line; std::getline(list, line);)
        if (!trim(line).empty()) files.push_back(trim(line));
    } else if (fs::is_directory(argument)) {
      add(images_below(argument));
    } else if (fs::exists(argument)) {
      files.push_back(argument);
    } else if (argument.find_first_of("*?[") != std::string::npos) {
      add(matches_of(argument));
    } else {
      throw Error(ErrorCode::not_found, argument + ": no such file or folder");
    }
  }
  return files;
}

std::int64_t predict_files(FaceClassifier& classifier, const std::vector<std::string>& files, std::int64_t batch_size,
                           int threads, double max_bad_share, Progress& progress, const StopFlag& stop,
                           const std::function<void(const FaceRow&)>& write) {
  progress.begin("predicting", static_cast<std::int64_t>(files.size()));
  const auto step = static_cast<std::size_t>(std::max<std::int64_t>(batch_size, 1));
  std::int64_t bad = 0;
  for (std::size_t begin = 0; begin < files.size(); begin += step) {
    if (stop.requested()) throw Error(ErrorCode::interrupted, fmt::format("stopped after {} of {} files", begin, files.size()));
    const std::size_t end = std::min(begin + step, files.size());
    for (const FaceRow& row : answer(classifier, files, begin, end, threads)) {
      if (!row.prediction) ++bad;
      write(row);
    }
    progress.advance(static_cast<std::int64_t>(end), bad ? fmt::format("{} bad", bad) : "");
    if (files.size() >= 20 && static_cast<double>(bad) > max_bad_share * static_cast<double>(files.size()))
      throw Error(ErrorCode::bad_data,
                  fmt::format("{} of {} files failed, more than the allowed share of {:.0f} %", bad, files.size(),
                              100 * max_bad_share),
                  "The rows above say why; raise --max-bad-share to go on.");
  }
  progress.end(fmt::format("{} files, {} failed", files.size(), bad));
  return bad;
}

}  // namespace mien
