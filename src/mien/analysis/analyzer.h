// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Faces, expressions and more from pictures. This header is C++17 and includes the standard library and mien/base/error.h only.
//
//   mien::Analyzer analyzer;  // with the models that come with mien
//   for (const mien::Face& face : analyzer.analyze_file("photograph.jpg"))
//     std::cout << face.label << " " << face.confidence << "\n";
//
// Errors are mien::Error (mien/base/error.h), whatever library they came from: what() says what was wrong, hint() what to do.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "mien/base/error.h"

namespace mien {

struct AnalyzerOptions {
  std::string model;              ///< expression model, an ONNX file exported by mien; "" = the one that comes with mien; "none" = no expressions
  std::string detector = "dlib";  ///< dlib | cascade | onnx
  std::string detector_model;     ///< file of the detector, for onnx
  std::string landmarks;          ///< landmark model, a file or "dlib" (Debian package libdlib-data); "" = the default, as in the program
  std::string models;             ///< folder with the models that come with mien; "" = beside `model`, then beside the library (../share/mien/models)
  std::string precision = "auto"; ///< auto | fp32 | bf16 | int8
  double detector_threshold = -1; ///< < 0 = the detector's default
  int min_face_px = 0;            ///< 0 = a sixteenth of the picture's longer side, at least 40
  double uncertain_below = 0.5;   ///< smaller largest probabilities are marked uncertain
};

/// A face; coordinates are pixels of the picture, x right, y down, pixel centres at integers.
struct Face {
  float x = 0, y = 0, width = 0, height = 0;      ///< box as the detector frames faces; may reach over the border
  float score = 0;                                ///< of the detector
  std::vector<std::array<float, 2>> landmarks;    ///< 68 points, usual order
  double yaw_deg = 0, pitch_deg = 0, roll_deg = 0;  ///< positive yaw turns to the right of the picture, positive pitch looks down, positive roll is clockwise
  double quality = 0;                             ///< 0 useless .. 1 good
  std::string label;                              ///< of the largest probability; "" without an expression model
  float confidence = 0;                           ///< that probability, calibrated
  bool uncertain = false;
  std::vector<float> probabilities;               ///< calibrated, order of Analyzer::class_names()
  bool has_valence_arousal = false;
  float valence = 0, arousal = 0;                 ///< [-1,1]
  std::vector<float> action_units;                ///< [18] estimates 0..5, order of Analyzer::action_units(); NaN = cannot be told
};

/// The models that answer: names and absolute paths.
struct AnalyzerModels {
  std::string detector, landmarks, model;
};

enum class PixelOrder : std::uint8_t { rgb, bgr, gray };

/// Looks at pictures. One thread at a time; `clone` makes one for another thread that shares the weights. The answer for a picture depends
/// on nothing but the picture. One that was moved from throws Error{usage}.
class Analyzer {
 public:
  /// Throws Error{not_found}, Error{bad_file}, Error{usage}.
  explicit Analyzer(const AnalyzerOptions& options = {});
  Analyzer(Analyzer&&) noexcept;
  Analyzer& operator=(Analyzer&&) noexcept;
  ~Analyzer();
  Analyzer clone() const;

  const std::vector<std::string>& class_names() const;
  /// The same options answer alike wherever the process was started: this tells by which models.
  const AnalyzerModels& models() const;
  static const std::vector<std::string>& action_units();

  /// Faces from left to right. 8-bit pixels row by row, `row_bytes` from one row to the next (0 = rows without gaps). Throws Error{usage}
  /// for no pixels, sides below 1, more than 500 million pixels or a million on a side, an unknown order, and a `row_bytes` that is
  /// smaller than a row; Error{numeric} that names the faces for which a model's answer is not finite.
  std::vector<Face> analyze(const void* pixels, int width, int height, PixelOrder order = PixelOrder::rgb, std::size_t row_bytes = 0);
  /// JPEG, PNG, WebP, BMP, TIFF, GIF (its first frame), HEIC or AVIF. Of JPEG photographs above 100 megapixels a smaller version is looked
  /// at; positions are those of the full picture. Throws Error{not_found}, Error{bad_file} and as above.
  std::vector<Face> analyze_file(const std::string& file);
  /// A cv::Mat (or anything like it) of 8-bit BGR or gray pixels.
  template <typename Mat, typename = decltype(std::declval<const Mat&>().channels())>
  std::vector<Face> analyze(const Mat& image) {
    if (image.depth() != 0 || (image.channels() != 1 && image.channels() != 3))
      throw Error(ErrorCode::usage, "the picture must have 8-bit pixels with 1 or 3 channels");
    return analyze(image.data, image.cols, image.rows, image.channels() == 1 ? PixelOrder::gray : PixelOrder::bgr, image.step[0]);
  }

 private:
  struct State;
  explicit Analyzer(std::unique_ptr<State> state);
  State& state() const;
  std::unique_ptr<State> state_;
};

}  // namespace mien
