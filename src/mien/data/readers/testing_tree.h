// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/data/catalogue.h"
#include "mien/image/encode.h"

namespace mien::testing {

/// A small data set on disk, removed at the end of the test.
class Tree {
 public:
  const fs::path& root() const { return folder_.path(); }

  void text(const std::string& file, const std::string& content) {
    fs::create_directories((root() / file).parent_path());
    std::ofstream(root() / file, std::ios::binary) << content;
  }
  /// A gray image of one value.
  void image(const std::string& file, int gray = 128, int width = 6, int height = 5) {
    const cv::Mat pixels(height, width, CV_8UC1, cv::Scalar(gray));
    const bool png = fs::path(file).extension() == ".png";
    const auto bytes = png ? encode_png(pixels) : encode_jpeg(pixels, 95);
    text(file, std::string(bytes.begin(), bytes.end()));
  }

  Dataset open(const std::string& format, DatasetOptions options = {}, ReadReport* report = nullptr) const {
    options.spec = format + ":" + root().string();
    return open_dataset(options, report);
  }

 private:
  TemporaryFolder folder_{"mien-data"};
};

/// All lines of a report; problems begin with "! ".
inline std::string text_of(const ReadReport& report) {
  std::string text;
  for (const auto& line : report.lines) text += (line.problem ? "! " : "  ") + line.text + "\n";
  return text;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The class names of all records, in order.
inline std::vector<std::string> label_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (const auto& record : dataset.records) {
    const int label = record.annotations.label;
    names.push_back(label < 0 ? "-" : dataset.labels.names().at(static_cast<std::size_t>(label)));
  }
  return names;
}

inline const Record& record_of(const Dataset& dataset, const std::string& id) {
  for (const auto& record : dataset.records)
    if (record.id == id) return record;
  throw std::runtime_error("no record " + id);
}

}  // namespace mien::testing

/// `statement` throws mien::Error with this code, a message that contains `part`.
#define EXPECT_MIEN_ERROR(statement, expected_code, part)                       \
  try {                                                                         \
    statement;                                                                  \
    ADD_FAILURE() << "no error was thrown";                                     \
  } catch (const ::mien::Error& error) {                                        \
    EXPECT_EQ(error.code(), expected_code) << error.what();                     \
    EXPECT_TRUE(::mien::testing::contains(error.what(), part)) << error.what(); \
  }
