// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/attempt.h"
#include "mien/base/error.h"
#include "mien/base/file_list.h"
#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/base/pipe_input.h"
#include "mien/image/image_format.h"
#include "mien/image/picture.h"

namespace mien {
namespace {

/// Collects what arguments mean.
class FileList {
 public:
  /// "" or why the argument means nothing.
  std::string add(const std::string& argument) {
    std::error_code unknown;
    if (fs::is_directory(argument, unknown)) return add_folder(argument);
    if (fs::exists(argument, unknown)) found_.files.push_back(argument);
    else return argument.find_first_of("*?[") != std::string::npos ? add_matches(argument) : argument + ": no such file or folder";
    return "";
  }
  /// One name of a list: what means nothing stays in it, so that the rest goes on.
  void add_listed(const std::string& name) {
    const std::string why_not = add(name);
    if (!why_not.empty()) found_.files.push_back(name);
  }
  WalkedFiles take() { return std::move(found_); }

 private:
  std::string add_folder(const std::string& folder) {
    WalkedFiles below = find_pictures(folder);
    if (below.files.empty()) {
      const std::string left_out = left_out_text(below.left_out);
      return folder + ": no images in this folder" + (left_out.empty() ? "" : "; " + left_out);
    }
    found_.files.insert(found_.files.end(), below.files.begin(), below.files.end());
    found_.left_out.insert(found_.left_out.end(), below.left_out.begin(), below.left_out.end());
    return "";
  }

  std::string add_matches(const std::string& pattern) {
    const auto names = matching_names(pattern, found_.left_out);
    for (const auto& name : names) {
      // A pipe or device that a pattern happens to match would be waited for.
      const std::string kind = special_kind(name);
      const std::string why_not = kind == "a folder" ? add_folder(name) : kind;
      if (!why_not.empty()) found_.left_out.push_back({name, why_not, true});
      else if (kind.empty()) found_.files.push_back(name);
    }
    return names.empty() ? pattern + ": no file matches" : "";
  }

  WalkedFiles found_;
};

cv::Mat read_pixels(const std::string& file, const StopFlag& stop) {
  DecodeOptions options;
  options.keep_gray = true;
  if (!is_pipe(file)) return read_picture(file, options).pixels;
  const auto bytes = read_pipe(file, static_cast<std::uint64_t>(options.max_bytes), stop);
  return decode_picture(bytes.data(), bytes.size(), file, options).pixels;
}

FaceRow read_face(const std::string& file, cv::Mat& crop, const StopFlag& stop) {
  FaceRow row;
  row.file = file;
  if (const auto problem = attempt(file, [&] { crop = read_pixels(file, stop); })) {
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
                            int threads, const StopFlag& stop) {
  std::vector<FaceRow> rows(end - begin);
  std::vector<cv::Mat> crops(rows.size());
  parallel_for(static_cast<std::int64_t>(rows.size()), threads, [&](std::int64_t i) {
    const auto k = static_cast<std::size_t>(i);
    rows[k] = read_face(files[begin + k], crops[k], stop);
  });
  predict(classifier, crops, rows);
  return rows;
}

}  // namespace

WalkedFiles list_face_files(const std::vector<std::string>& arguments, std::istream& list) {
  FileList files;
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      for (const auto& name : read_file_list(list, "the list on standard input")) files.add_listed(name);
    } else if (const std::string why_not = files.add(argument); !why_not.empty()) {
      throw Error(ErrorCode::not_found, why_not, "Pictures are JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC and AVIF files, folders of them, and patterns.");
    }
  }
  return files.take();
}

void refuse_pipes(const std::vector<std::string>& files) {
  for (const auto& file : files)
    if (is_pipe(file)) throw Error(ErrorCode::usage, file + ": a pipe can be read once only", "Save what comes through it as a file.");
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
    for (const FaceRow& row : answer(classifier, files, begin, end, threads, stop)) {
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
