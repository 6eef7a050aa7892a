// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/collate.h"

#include <fmt/format.h>

#include <algorithm>

#include "mien/base/error.h"

namespace mien {
namespace {

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

/// Fills the fields of one batch row by row.
class Collator {
 public:
  Collator(HostBatch& batch, const Dataset& dataset) : batch_(batch), dataset_(dataset) {}

  void run(const std::vector<PreparedSample>& samples) {
    std::vector<const PreparedSample*> usable;
    close_gaps(samples, usable);
    batch_.size = static_cast<int>(usable.size());
    batch_.targets.assign(usable.size() * size_of(batch_.classes), 0.0f);
    for (std::size_t row = 0; row < usable.size(); ++row) {
      sample_ = usable[row];
      batch_.indices.push_back(sample_->index);
      batch_.labels.push_back(sample_->annotations.label);
      add_target(row);
      add_valence_arousal(row);
      add_action_units(row);
      add_landmarks(row);
      add_maps(row);
    }
  }

 private:
  void close_gaps(const std::vector<PreparedSample>& samples, std::vector<const PreparedSample*>& usable) {
    const auto pixels = size_of(batch_.channels) * size_of(batch_.height) * size_of(batch_.width);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (!samples[i].usable) {
        batch_.bad.push_back({record(samples[i]).id, samples[i].reason});
        continue;
      }
      if (usable.size() != i)
        std::copy_n(batch_.images.begin() + static_cast<std::ptrdiff_t>(i * pixels), pixels,
                    batch_.images.begin() + static_cast<std::ptrdiff_t>(usable.size() * pixels));
      usable.push_back(&samples[i]);
    }
    batch_.images.resize(usable.size() * pixels);
  }

  const Record& record(const PreparedSample& sample) const { return dataset_.records[static_cast<std::size_t>(sample.index)]; }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_data, fmt::format("data set '{}', image '{}': {}", dataset_.name, record(*sample_).id, what));
  }

  void add_target(std::size_t row) {
    const Annotations& a = sample_->annotations;
    if (a.label >= batch_.classes) fail(fmt::format("label {}, expected less than {}", a.label, batch_.classes));
    float* target = batch_.targets.data() + row * size_of(batch_.classes);
    if (!a.distribution.empty()) {
      if (a.distribution.size() != size_of(batch_.classes))
        fail(fmt::format("a distribution over {} classes, expected {}", a.distribution.size(), batch_.classes));
      std::copy(a.distribution.begin(), a.distribution.end(), target);
    } else if (a.label >= 0) {
      target[a.label] = 1;
    }
  }

  /// The row of an optional field with `width` values a sample; the field comes into being with the first sample that has it.
  template <typename T>
  T* row_of(std::vector<T>& field, std::size_t width, std::size_t row) {
    if (field.empty()) field.assign(size_of(batch_.size) * width, T(0));
    return field.data() + row * width;
  }

  void add_valence_arousal(std::size_t row) {
    const auto& value = sample_->annotations.valence_arousal;
    if (!value) return;
    float* out = row_of(batch_.valence_arousal, 2, row);
    out[0] = value->valence;
    out[1] = value->arousal;
    *row_of(batch_.has_valence_arousal, 1, row) = 1;
  }

  void add_action_units(std::size_t row) {
    const auto& units = sample_->annotations.action_units;
    if (units.empty()) return;
    const std::size_t expected = action_unit_names().size();
    if (units.size() != expected) fail(fmt::format("{} action units, expected {}", units.size(), expected));
    std::copy(units.begin(), units.end(), row_of(batch_.action_units, expected, row));
    *row_of(batch_.has_action_units, 1, row) = 1;
  }

  void add_landmarks(std::size_t row) {
    const auto& points = sample_->annotations.landmarks;
    if (points.empty()) return;
    if (batch_.landmark_count == 0) batch_.landmark_count = static_cast<int>(points.size());
    if (points.size() != size_of(batch_.landmark_count))
      fail(fmt::format("{} landmarks, but other images of the batch have {}", points.size(), batch_.landmark_count));
    float* out = row_of(batch_.landmarks, 2 * points.size(), row);
    for (const auto& point : points) {
      *out++ = point.x;
      *out++ = point.y;
    }
    *row_of(batch_.has_landmarks, 1, row) = 1;
  }

  void add_maps(std::size_t row) {
    if (!sample_->heat_map.empty()) copy_map(sample_->heat_map, CV_32F, 1, "heat map", row_of(batch_.heat_maps, map_size(), row));
    if (!sample_->mask.empty()) copy_map(sample_->mask, CV_8U, 1.0 / 255, "mask", row_of(batch_.masks, map_size(), row));
  }

  std::size_t map_size() const { return size_of(batch_.height) * size_of(batch_.width); }

  void copy_map(const cv::Mat& map, int type, double factor, const char* name, float* out) const {
    if (map.type() != type || map.rows != batch_.height || map.cols != batch_.width)
      fail(fmt::format("a {} of {}x{} {}, expected {}x{} {}", name, map.cols, map.rows, cv::typeToString(map.type()),
                       batch_.width, batch_.height, cv::typeToString(type)));
    cv::Mat target(batch_.height, batch_.width, CV_32F, out);
    map.convertTo(target, CV_32F, factor);
  }

  HostBatch& batch_;
  const Dataset& dataset_;
  const PreparedSample* sample_ = nullptr;
};

}  // namespace

HostBatch allocate_batch(int samples, int classes, const Preprocessing& preprocessing) {
  HostBatch batch;
  batch.size = samples;
  batch.classes = classes;
  batch.channels = preprocessing.channels();
  batch.height = preprocessing.height;
  batch.width = preprocessing.width;
  batch.images.resize(size_of(samples) * size_of(batch.channels) * size_of(batch.height) * size_of(batch.width));
  batch.indices.reserve(size_of(samples));
  batch.labels.reserve(size_of(samples));
  return batch;
}

void complete_batch(HostBatch& batch, const std::vector<PreparedSample>& samples, const Dataset& dataset) {
  Collator(batch, dataset).run(samples);
}

}  // namespace mien
