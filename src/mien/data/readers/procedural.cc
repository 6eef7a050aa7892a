// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <unordered_map>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/data/readers/readers.h"
#include "mien/data/readers/reading.h"
#include "mien/procedural/face.h"

namespace mien {

const char* const procedural_layout = "procedural:COUNT (no files; faces are drawn when they are loaded)";

namespace {

constexpr std::int64_t most_faces = 10'000'000;

/// Pixels, mask and landmarks are drawn; label, distribution and the rest are those of the record, which may have been mapped
/// to another label space.
class ProceduralSource : public SampleSource {
 public:
  explicit ProceduralSource(std::uint64_t seed) : seed_(seed) {}

  Sample load(const Record& record) const override {
    ProceduralFace face = draw_face(seed_, record.source.offset);
    Sample sample;
    sample.id = record.id;
    sample.image = std::move(face.image);
    sample.mask = std::move(face.mask);
    sample.annotations = record.annotations;
    sample.annotations.landmarks = std::move(face.landmarks);
    return sample;
  }

 private:
  std::uint64_t seed_;
};

/// All but the pixels does not depend on the size, and the smallest picture is drawn three times as fast.
constexpr int smallest_size_px = 24;

Record describe_record(std::uint64_t seed, std::int64_t index) {
  ProceduralOptions small;
  small.size_px = smallest_size_px;
  const ProceduralFace face = draw_face(seed, index, small);
  Record record;
  record.id = fmt::format("face-{}-{:07d}", seed, index);
  record.source.offset = index;
  record.annotations.label = face.label;
  record.annotations.distribution = face.distribution;
  record.annotations.valence_arousal = ValenceArousal{face.valence, face.arousal};
  record.annotations.action_units = face.action_units;
  record.annotations.identity = face.identity;
  return record;
}

/// Of every ten people, in the order in which they first appear, the second is for validation and the third for the test: a
/// longer data set keeps the splits of a shorter one, and three people are enough for three splits.
void split_by_identity(std::vector<Record>& records) {
  std::unordered_map<std::string, std::size_t> people;
  for (auto& record : records) {
    const std::size_t person = people.emplace(record.annotations.identity, people.size()).first->second % 10;
    record.split = person == 1 ? "valid" : person == 2 ? "test" : "train";
  }
}

}  // namespace

Dataset procedural_dataset(std::int64_t count, const DatasetOptions& options, ReadReport& report) {
  if (count < 1 || count > most_faces)
    throw Error(ErrorCode::usage, fmt::format("procedural:{}: expected 1 to {} faces", count, most_faces));
  const auto seed = static_cast<std::uint64_t>(options.seed);
  Dataset dataset{"procedural", known_label_space("ferplus"), std::vector<Record>(static_cast<std::size_t>(count)),
                  std::make_shared<ProceduralSource>(seed)};
  parallel_for(count, 0, [&](std::int64_t i) { dataset.records[static_cast<std::size_t>(i)] = describe_record(seed, i); });
  split_by_identity(dataset.records);
  for (const char* split : {"train", "valid", "test"}) tell_class_counts(report, dataset, split);
  return dataset;
}

}  // namespace mien
