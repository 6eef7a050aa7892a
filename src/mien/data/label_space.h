// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mien {

/// An ordered list of expression classes with the numbers that a data set's files use for them. Spaces are mapped into
/// each other by NAME, never by number: RAF-DB's 1 is surprise, AffectNet's 1 is happiness, EmotiEffLib's 1 contempt.
class LabelSpace {
 public:
  LabelSpace() = default;
  /// `names` in class-index order; `file_ids` are the numbers in the data set's files (empty: 0..K-1).
  LabelSpace(std::string name, std::vector<std::string> names, std::vector<int> file_ids = {});

  const std::string& name() const { return name_; }                 ///< e.g. "ferplus"
  const std::vector<std::string>& names() const { return names_; }  ///< canonical: "happiness", not "Happy"
  int size() const { return static_cast<int>(names_.size()); }
  /// Class index of a name, any spelling that `canonical_expression` knows; -1 when absent.
  int index_of(const std::string& name) const;
  /// Class index of a number found in a file; -1 when absent.
  int index_of_file_id(int file_id) const;
  int file_id(int index) const { return file_ids_.at(static_cast<std::size_t>(index)); }
  bool operator==(const LabelSpace& other) const { return names_ == other.names_; }

 private:
  std::string name_;
  std::vector<std::string> names_;
  std::vector<int> file_ids_;
};

/// "Happy", "HA", "happiness" -> "happiness"; "fearful" -> "fear"; "Happily surprised" -> "happily_surprised"; unknown words
/// come back in lower case with blanks and dashes turned into underscores.
std::string canonical_expression(const std::string& word);

/// A space of these classes, canonicalised, in this order, with file ids 0..K-1. It takes the name of the known space that
/// has the same classes in the same order, else "custom". Throws Error{bad_data} when two names mean the same class.
LabelSpace make_label_space(const std::vector<std::string>& names);

/// Known spaces: ferplus (8), fer2013 (7), affectnet8, affectnet7, rafdb (7), rafdb_compound (11), ckplus (8 with
/// neutral), emotieff8, emotieff7, oulu (6), oulu7 (with neutral), efficientface (7), feratt = ferplus. Throws Error{usage} with
/// the nearest name.
LabelSpace known_label_space(const std::string& name);
std::vector<std::string> known_label_space_names();

/// For each class of `from`, its index in `to`, or -1. With `merge_contempt`, contempt falls into disgust when `to` lacks it
/// (off by default: such samples are dropped).
std::vector<int> map_labels(const LabelSpace& from, const LabelSpace& to, bool merge_contempt = false);

/// The distribution moved from one space into another and renormalised; nullopt when nothing of its mass maps.
std::optional<std::vector<float>> map_distribution(const std::vector<float>& distribution, const std::vector<int>& mapping,
                                                   int to_size);

}  // namespace mien
