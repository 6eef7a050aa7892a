// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "mien/results/checked_results.h"
#include "mien/results/output_file.h"
#include "mien/results/seven_emotions.h"
#include "mien/results/table_row.h"
#include "mien/base/utf8.h"
#include "mien/results/writers.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

constexpr std::array kActionUnits = {"AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU10", "AU11", "AU12",
                                     "AU14", "AU15", "AU17", "AU20", "AU23", "AU24", "AU25", "AU26", "AU28", "AU43"};
const std::vector<std::string> kEmotions = {"anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"};
constexpr double kFullIntensity = 5;  ///< FACS E; py-feat's scale ends at 1
constexpr std::size_t kFaceCells = 5 + 136 + kActionUnits.size() + 3 + 7;

/// The table "Fex" of py-feat 0.3 to 0.6, as pandas writes it.
class PyFeatWriter : public ResultWriter {
 public:
  PyFeatWriter(const WriterTarget& target, const AnalysisInfo& info)
      : file_(target.file), emotions_(info.class_names, kEmotions) {
    file_.write(csv_line(header()));
    const auto& names = action_unit_names();
    for (std::size_t i = 0; i < kActionUnits.size(); ++i) {
      const auto found = std::find(names.begin(), names.end(), kActionUnits[i]);
      unit_position_[i] = found == names.end() ? -1 : static_cast<int>(found - names.begin());
    }
  }

  void write(const FrameResult& frame, const cv::Mat&) override {
    // py-feat numbers pictures through, and the frames of each video from 0.
    const std::int64_t number = frame.video ? frame.frame : pictures_++;
    for (const auto& face : frame.faces) write_row(frame, number, &face);
    if (frame.faces.empty()) write_row(frame, number, nullptr);
  }
  void flush() override { file_.flush(); }
  void finish() override { file_.close(); }
  std::int64_t written_bytes() const override { return 0; }

 private:
  static std::vector<std::string> header() {
    std::vector<std::string> names = {"frame", "FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight", "FaceScore"};
    for (const char* axis : {"x_", "y_"})
      for (int i = 0; i < 68; ++i) names.push_back(axis + std::to_string(i));
    names.insert(names.end(), kActionUnits.begin(), kActionUnits.end());
    names.insert(names.end(), {"Pitch", "Roll", "Yaw"});
    names.insert(names.end(), kEmotions.begin(), kEmotions.end());
    names.push_back("input");
    return names;
  }

  void write_row(const FrameResult& frame, std::int64_t number, const FaceResult* face) {
    row_.begin();
    row_.integer(number);
    if (face)
      add_face(*face);
    else
      row_.empty(kFaceCells);
    row_.text(escape_bytes(frame.source));
    file_.write(row_.end());
  }

  void add_face(const FaceResult& face) {
    for (const float value : {face.box.x, face.box.y, face.box.width, face.box.height}) row_.fixed(value, decimals::pixel);
    row_.fixed(face.score, decimals::score);
    if (face.landmarks.empty()) row_.empty(136);
    for (const auto& point : face.landmarks) row_.fixed(point.x, decimals::pixel);
    for (const auto& point : face.landmarks) row_.fixed(point.y, decimals::pixel);
    for (const int position : unit_position_) {
      if (position < 0 || face.action_units.empty())
        row_.empty();
      else
        row_.fixed(face.action_units[static_cast<std::size_t>(position)] / kFullIntensity, 4);
    }
    if (has_pose(face))
      for (const double value : {face.pose.pitch_deg, face.pose.roll_deg, face.pose.yaw_deg}) row_.fixed(value, decimals::angle);
    else
      row_.empty(3);
    const auto emotions = emotions_.of(face.probabilities);
    if (!emotions) return row_.empty(kEmotions.size());
    for (const double value : *emotions) row_.fixed(value, decimals::probability);
  }

  OutputFile file_;
  SevenEmotions emotions_;
  std::array<int, kActionUnits.size()> unit_position_{};
  std::int64_t pictures_ = 0;
  TableRow row_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_pyfeat_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<PyFeatWriter>(target, info);
}

}  // namespace mien
