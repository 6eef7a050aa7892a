// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/preprocessing.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"

namespace mien {
namespace {

std::string refusal(const std::string& text) {
  try {
    preprocessing_from_json_text(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    return error.what();
  }
  return "";
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = to_json_text(Preprocessing());
  return text.replace(text.find(from), from.size(), to);
}

TEST(Preprocessing, SurvivesJson) {
  Preprocessing p;
  p.color = "bgr";
  p.width = 224, p.height = 200;
  p.resize = "bicubic";
  p.divide_by = 1;
  p.mean = {93.5939636, 104.762383, 0.1};
  p.std = {1.0 / 3, 1, 2};
  p.crop_margin = 0.125;
  p.alignment = "five_points_112";
  EXPECT_EQ(preprocessing_from_json_text(to_json_text(p)), p);
  EXPECT_NE(preprocessing_from_json_text(to_json_text(Preprocessing())), p);
}

TEST(Preprocessing, NamesWhatDoesNotFit) {
  EXPECT_NE(refusal("{}").find("color"), std::string::npos);
  EXPECT_NE(refusal("not json").find("no JSON"), std::string::npos);
  EXPECT_NE(refusal(with("\"rgb\"", "\"hsv\"")).find("hsv"), std::string::npos);
  EXPECT_NE(refusal(with("\"mean\":[0.5]", "\"mean\":[1,2]")).find("'mean' needs 1 or 3"), std::string::npos);
  EXPECT_NE(refusal(with("\"std\":[0.5]", "\"std\":[0]")).find("'std'"), std::string::npos);
  EXPECT_NE(refusal(with("\"width\":48", "\"width\":0")).find("0 x 48"), std::string::npos);
  EXPECT_NE(refusal(with("\"width\":48", "\"width\":\"wide\"")).find("number"), std::string::npos);
}

}  // namespace
}  // namespace mien
