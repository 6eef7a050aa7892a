// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mien/results/results.h"

namespace mien {

/// Writes results as JSON objects without line breaks; the schema is in docs/outputs.md.
class ResultToJson {
 public:
  explicit ResultToJson(const AnalysisInfo& info);
  /// Appends the object of a checked and rounded result.
  void append(std::string& out, const FrameResult& frame) const;

 private:
  void append_face(std::string& out, const FaceResult& face) const;
  void append_probabilities(std::string& out, const char* name, const std::vector<float>& values) const;
  void append_action_units(std::string& out, const std::vector<float>& values) const;

  std::vector<std::string> class_keys_, action_unit_keys_;  ///< "\"neutral\":"
};

/// Reads what ResultToJson wrote.
class ResultFromJson {
 public:
  /// Throws Error{bad_file} that begins with `where` ("results.jsonl:12").
  FrameResult read(std::string_view line, const std::string& where);
  /// Names of the probabilities so far, in order; every face has the same ones.
  const std::vector<std::string>& class_names() const { return class_names_; }

 private:
  std::vector<std::string> class_names_;
};

}  // namespace mien
