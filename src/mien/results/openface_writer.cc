// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "mien/results/openface_pose.h"
#include "mien/results/output_file.h"
#include "mien/results/table_row.h"
#include "mien/base/utf8.h"
#include "mien/results/writers.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

/// The 17 units with intensity; those with presence are the same and AU28 before AU45.
constexpr std::array kIntensities = {"AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU10", "AU12",
                                     "AU14", "AU15", "AU17", "AU20", "AU23", "AU25", "AU26", "AU45"};
constexpr std::array kPresences = {"AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09", "AU10", "AU12",
                                   "AU14", "AU15", "AU17", "AU20", "AU23", "AU25", "AU26", "AU28", "AU45"};
constexpr double kPresent = 1;  ///< intensity from which on a unit counts as present: FACS A

std::vector<std::string> header(bool sequence) {
  std::vector<std::string> names = sequence ? std::vector<std::string>{"frame", "face_id", "timestamp", "confidence", "success"}
                                            : std::vector<std::string>{"face", "confidence"};
  const auto numbered = [&](const char* prefix, int count) {
    for (int i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
  };
  names.insert(names.end(),
               {"gaze_0_x", "gaze_0_y", "gaze_0_z", "gaze_1_x", "gaze_1_y", "gaze_1_z", "gaze_angle_x", "gaze_angle_y"});
  for (const char* axis : {"eye_lmk_x_", "eye_lmk_y_", "eye_lmk_X_", "eye_lmk_Y_", "eye_lmk_Z_"}) numbered(axis, 56);
  names.insert(names.end(), {"pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"});
  for (const char* axis : {"x_", "y_", "X_", "Y_", "Z_"}) numbered(axis, 68);
  names.insert(names.end(), {"p_scale", "p_rx", "p_ry", "p_rz", "p_tx", "p_ty"});
  numbered("p_", 34);
  for (const char* unit : kIntensities) names.push_back(std::string(unit) + "_r");
  for (const char* unit : kPresences) names.push_back(std::string(unit) + "_c");
  return names;
}

std::size_t unit_position(const char* name) {
  const auto& names = action_unit_names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// The file of one source.
class OpenFaceFile {
 public:
  OpenFaceFile(const fs::path& file, bool sequence) : file_(file), sequence_(sequence) {
    file_.write(csv_line(header(sequence)));
  }

  void write(const FrameResult& frame) {
    for (std::size_t i = 0; i < frame.faces.size(); ++i) {
      const auto& face = frame.faces[i];
      write_row(frame, sequence_ && face.identity >= 0 ? face.identity : static_cast<int>(i), &face);
    }
    if (frame.faces.empty() && sequence_) write_row(frame, 0, nullptr);
  }
  void flush() { file_.flush(); }
  void close() { file_.close(); }

 private:
  void write_row(const FrameResult& frame, int number, const FaceResult* face) {
    static const FaceResult none;
    const double confidence = face && std::isfinite(face->score) ? std::clamp(face->score, 0.0F, 1.0F) : 0;
    row_.begin();
    if (sequence_) {
      row_.integer(frame.frame + 1);
      row_.integer(number);
      row_.fixed_or_zero(frame.time_s, 3);
      row_.fixed(confidence, 2);
      row_.integer(face ? 1 : 0);
    } else {
      row_.integer(number);
      row_.fixed(confidence, 3);
    }
    add_face(face ? *face : none);
    file_.write(row_.end());
  }

  void add_face(const FaceResult& face) {
    row_.repeat("0.000000", 6);  // gaze is not measured
    row_.repeat("0.000", 2);
    row_.repeat("0.0", 5 * 56);
    const bool pose = has_pose(face);
    const cv::Vec3d rotation = pose ? openface_rotation(face.pose) : cv::Vec3d(0, 0, 0);
    for (int i = 0; i < 3; ++i) row_.fixed_or_zero(pose ? face.pose.translation_mm[i] : 0, 1);
    for (int i = 0; i < 3; ++i) row_.fixed_or_zero(rotation[i], 3);
    if (face.landmarks.empty()) row_.repeat("0.0", 136);
    for (const auto& point : face.landmarks) row_.fixed_or_zero(point.x, 1);
    for (const auto& point : face.landmarks) row_.fixed_or_zero(point.y, 1);
    row_.repeat("0.0", 3 * 68);  // nor are points in space and the parameters of OpenFace's shape model
    row_.repeat("0.000", 6 + 34);
    add_action_units(face.action_units);
  }

  void add_action_units(const std::vector<float>& values) {
    if (values.empty()) return row_.repeat("0", kIntensities.size() + kPresences.size());
    for (const char* unit : kIntensities) row_.fixed_or_zero(values[unit_position(unit)], 2);
    for (const char* unit : kPresences) row_.fixed(values[unit_position(unit)] >= kPresent ? 1 : 0, 1);
  }

  OutputFile file_;
  bool sequence_;
  TableRow row_;
};

class OpenFaceWriter : public ResultWriter {
 public:
  explicit OpenFaceWriter(const WriterTarget& target)
      : target_(target.file), folder_(to_lower(target.file.extension().string()) != ".csv") {
    if (!folder_) return;
    std::error_code error;
    fs::create_directories(target_, error);
    if (error) throw Error(ErrorCode::io, fmt::format("{}: cannot create the folder: {}", target_.string(), error.message()));
  }

  void write(const FrameResult& frame, const cv::Mat&) override {
    if (!file_ || frame.source != source_) begin_source(frame);
    file_->write(frame);
  }
  void flush() override {
    if (file_) file_->flush();
  }
  void finish() override {
    if (file_) file_->close();
    // Nothing was looked at: a table without rows.
    if (!file_ && !folder_) OpenFaceFile(target_, true).close();
  }
  std::int64_t written_bytes() const override { return 0; }

 private:
  void begin_source(const FrameResult& frame) {
    if (file_) file_->close();
    if (file_ && !folder_)
      throw Error(ErrorCode::usage,
                  fmt::format("{}: OpenFace's format has one file a source, and a second one came: {}", target_.string(),
                              to_utf8(frame.source)),
                  "Give a folder: a name without '.csv'.");
    file_ = std::make_unique<OpenFaceFile>(folder_ ? target_ / file_name(frame.source) : target_, frame.video);
    source_ = frame.source;
  }

  /// The source's name with .csv, numbered when sources of several folders have the same one.
  std::string file_name(const std::string& source) {
    std::string stem = fs::path(source).stem().string();
    std::replace(stem.begin(), stem.end(), ':', '_');  // camera:0
    if (stem.empty()) stem = "source";
    std::string name = stem;
    for (int number = 2; !taken_.insert(name).second; ++number) name = fmt::format("{}-{}", stem, number);
    return name + ".csv";
  }

  fs::path target_;
  bool folder_;
  std::string source_;
  std::set<std::string> taken_;
  std::unique_ptr<OpenFaceFile> file_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_openface_writer(const WriterTarget& target, const AnalysisInfo&) {
  return std::make_unique<OpenFaceWriter>(target);
}

}  // namespace mien
