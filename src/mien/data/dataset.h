// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mien/data/label_space.h"

namespace mien {

struct ValenceArousal {
  float valence = 0;  ///< -1 unpleasant .. 1 pleasant
  float arousal = 0;  ///< -1 calm .. 1 excited
};

/// What is known about a face beside its pixels. Every field may be absent.
struct Annotations {
  int label = -1;                   ///< class index in the data set's label space, -1 = none
  std::vector<float> distribution;  ///< [K], sums to 1 (votes, teacher); empty = none
  std::optional<ValenceArousal> valence_arousal;
  std::vector<float> action_units;  ///< [18], order of action_unit_names(); empty = none
  /// 68 points (or another fixed count), pixel centres at integers. In a Record: pixels of the file, before the crop; in a
  /// Sample: pixels of its image.
  std::vector<cv::Point2f> landmarks;
  std::string identity;  ///< who; "" = unknown
};

/// Where the pixels of a record are.
struct ImageSource {
  std::string file;                                       ///< path; "" for generated images
  std::int64_t offset = 0;                                ///< first byte (members of tar shards); number of a generated image
  std::int64_t length = -1;                               ///< bytes; -1 = the whole file
  cv::Rect crop;                                          ///< face box to cut out first; empty = whole image
  std::shared_ptr<const std::vector<std::uint8_t>> gray;  ///< decoded 8-bit gray pixels (fer2013.csv), row-major
  int gray_width = 0;
};

/// One image of a data set, without its pixels.
struct Record {
  std::string id;     ///< unique in the data set, stable between runs: usually the path below the root
  std::string split;  ///< "train", "valid", "test"; "" = the owners define none
  std::string group;  ///< records of one group must not be separated by a split (duplicates, sequences); "" = none
  ImageSource source;
  Annotations annotations;
};

/// One image with everything that moves with it. Transforms act on all fields together.
struct Sample {
  std::int64_t index = -1;  ///< position in the Dataset it came from
  std::string id;
  cv::Mat image;     ///< 8-bit, RGB (CV_8UC3) or gray (CV_8UC1)
  cv::Mat mask;      ///< CV_8UC1, 255 = face, size of image; empty = none
  cv::Mat heat_map;  ///< CV_32FC1, prior map from landmarks, size of image; empty = none
  Annotations annotations;
};

/// Turns a record into pixels. Implementations are thread-safe and deterministic; a file that cannot be decoded throws
/// Error{bad_file} naming it.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual Sample load(const Record& record) const = 0;
};

/// An ordered list of records with one label space and one source of pixels. Copying copies the records, not the pixels;
/// subsets and merges are plain operations on `records`.
struct Dataset {
  std::string name;
  LabelSpace labels;
  std::vector<Record> records;
  std::shared_ptr<const SampleSource> source;

  std::int64_t size() const { return static_cast<std::int64_t>(records.size()); }
  /// Thread-safe. Throws Error{bad_file}.
  Sample load(std::int64_t index) const;
};

/// The records whose split is `split`; throws Error{bad_data} listing the splits present when there are none.
Dataset select_split(const Dataset& dataset, const std::string& split);
Dataset select_indices(const Dataset& dataset, const std::vector<std::int64_t>& indices);

/// The same data set with labels and distributions moved into another label space. Records whose class does not exist there
/// are dropped; `dropped`, when given, receives how many of each source class. Records without a label stay.
Dataset map_to_label_space(const Dataset& dataset, const LabelSpace& to, std::map<std::string, int>* dropped = nullptr);

/// Loads image files, parts of files (shards) and in-memory gray pixels, through image/decode.h; gray files stay CV_8UC1.
/// The crop box is clipped to the image. With `cache_bytes` > 0 keeps the first images decoded in memory, up to that size.
std::shared_ptr<const SampleSource> file_sample_source(std::int64_t cache_bytes = 0);

/// AU01 AU02 AU04 AU05 AU06 AU07 AU09 AU10 AU12 AU14 AU15 AU17 AU20 AU23 AU25 AU26 AU28 AU45 (OpenFace's presence list).
const std::vector<std::string>& action_unit_names();

}  // namespace mien
