// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien {

/// How an 8-bit face crop becomes a network's input. Stored with the weights; a network never runs without it.
struct Preprocessing {
  std::string color = "rgb";         ///< "rgb", "bgr" or "gray": the channel order the network sees
  int width = 48, height = 48;       ///< input size in pixels
  std::string resize = "bilinear";   ///< "bilinear" or "bicubic", both antialiased as Pillow does
  double divide_by = 255;            ///< pixel / divide_by, then (x - mean) / std; 1 for networks that expect 0..255
  std::vector<double> mean = {0.5};  ///< per channel, or one value for all
  std::vector<double> std = {0.5};
  double crop_margin = 0;          ///< share of the face box added on each side before the crop was made
  std::string alignment = "none";  ///< name of the alignment template

  int channels() const { return color == "gray" ? 1 : 3; }
  bool operator==(const Preprocessing&) const = default;
};

/// Throws Error{mismatch} naming the first field that makes no sense.
void check_preprocessing(const Preprocessing& preprocessing);

/// One line of JSON for the metadata of weights and exported models, and back; what is read equals what was written.
std::string to_json_text(const Preprocessing& preprocessing);
/// Every field must be present. Throws Error{mismatch} naming what is missing, of the wrong type or without sense.
Preprocessing preprocessing_from_json_text(const std::string& text);

}  // namespace mien
