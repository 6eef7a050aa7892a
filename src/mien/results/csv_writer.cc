// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/results/checked_results.h"
#include "mien/results/output_file.h"
#include "mien/results/table_row.h"
#include "mien/base/utf8.h"
#include "mien/results/writers.h"
#include "mien/data/dataset.h"

namespace mien {
namespace {

class CsvWriter : public ResultWriter {
 public:
  CsvWriter(const WriterTarget& target, const AnalysisInfo& info)
      : file_(output_of(target)), info_(info), landmarks_(target.landmarks) {
    if (target.append_after <= 0) file_.write(csv_line(header()));
  }

  void write(const FrameResult& frame, const cv::Mat&) override {
    for (std::size_t i = 0; i < frame.faces.size(); ++i) write_row(frame, static_cast<int>(i));
    if (frame.faces.empty()) write_row(frame, -1);
  }
  void flush() override { file_.flush(); }
  void finish() override { file_.close(); }
  std::int64_t written_bytes() const override { return file_.bytes(); }

 private:
  std::vector<std::string> header() const {
    std::vector<std::string> names = {"source",  "frame", "time_s",     "face",      "identity", "x",
                                      "y",       "width", "height",     "score",     "followed", "yaw",
                                      "pitch",   "roll",  "size_px",    "sharpness", "exposure", "frontal",
                                      "quality", "label", "confidence", "uncertain"};
    for (const auto& name : info_.class_names) names.push_back("p_" + name);
    if (info_.has_raw_probabilities)
      for (const auto& name : info_.class_names) names.push_back("raw_p_" + name);
    if (info_.has_valence_arousal) names.insert(names.end(), {"valence", "arousal"});
    if (info_.has_action_units)
      for (const auto& name : action_unit_names()) names.push_back(name + "_r");
    names.push_back("error");
    for (const char* axis : {"x_", "y_"})
      for (int i = 0; landmarks_ && i < 68; ++i) names.push_back(axis + std::to_string(i));
    return names;
  }

  void write_row(const FrameResult& frame, int position) {
    row_.begin();
    row_.text(escape_bytes(frame.source));
    row_.integer(frame.frame);
    row_.fixed(frame.time_s, decimals::time);
    static const FaceResult none;
    add_face(position < 0 ? none : frame.faces[static_cast<std::size_t>(position)], position, frame.error);
    file_.write(row_.end());
  }

  void add_face(const FaceResult& face, int position, const std::string& error) {
    if (position >= 0)
      add_box(face, position);
    else
      row_.empty(8);
    add_pose_and_quality(face);
    add_expression(face);
    if (info_.has_valence_arousal) {
      add_optional(face.valence);
      add_optional(face.arousal);
    }
    if (info_.has_action_units) add_values(face.action_units, action_unit_names().size(), decimals::intensity);
    row_.text(error);
    if (landmarks_) add_landmarks(face.landmarks);
  }

  void add_box(const FaceResult& face, int position) {
    row_.integer(position);
    if (face.identity >= 0)
      row_.integer(face.identity);
    else
      row_.empty();
    for (const float value : {face.box.x, face.box.y, face.box.width, face.box.height}) row_.fixed(value, decimals::pixel);
    row_.fixed(face.score, decimals::score);
    row_.integer(face.followed ? 1 : 0);
  }

  void add_pose_and_quality(const FaceResult& face) {
    if (has_pose(face))
      for (const double value : {face.pose.yaw_deg, face.pose.pitch_deg, face.pose.roll_deg}) row_.fixed(value, decimals::angle);
    else
      row_.empty(3);
    if (!has_quality(face)) return row_.empty(5);
    row_.fixed(face.quality.size_px, decimals::pixel);
    for (const double value : {face.quality.sharpness, face.quality.exposure, face.quality.frontal, face.quality.overall})
      row_.fixed(value, decimals::share);
  }

  void add_expression(const FaceResult& face) {
    if (face.label >= 0) {
      row_.text(info_.class_names[static_cast<std::size_t>(face.label)]);
      row_.fixed(confidence_of(face), decimals::probability);
      row_.integer(face.uncertain ? 1 : 0);
    } else {
      row_.empty(3);
    }
    add_values(face.probabilities, info_.class_names.size(), decimals::probability);
    if (info_.has_raw_probabilities) add_values(face.raw_probabilities, info_.class_names.size(), decimals::probability);
  }

  void add_values(const std::vector<float>& values, std::size_t count, int decimals) {
    if (values.empty()) return row_.empty(count);
    for (const float value : values) row_.fixed(value, decimals);
  }

  void add_optional(const std::optional<float>& value) {
    if (value)
      row_.fixed(*value, decimals::affect);
    else
      row_.empty();
  }

  void add_landmarks(const Points& points) {
    if (points.empty()) return row_.empty(136);
    for (const auto& point : points) row_.fixed(point.x, decimals::pixel);
    for (const auto& point : points) row_.fixed(point.y, decimals::pixel);
  }

  OutputFile file_;
  AnalysisInfo info_;
  bool landmarks_;
  TableRow row_;
};

}  // namespace

std::unique_ptr<ResultWriter> make_csv_writer(const WriterTarget& target, const AnalysisInfo& info) {
  return std::make_unique<CsvWriter>(target, info);
}

}  // namespace mien
