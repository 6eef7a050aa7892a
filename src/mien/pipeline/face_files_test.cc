// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

/// Two classes, bright and dark: the logit of "bright" is the first pixel in [0,1], that of "dark" is 0.
class Brightness final : public FaceClassifier {
 public:
  Brightness() {
    info_.class_names = {"bright", "dark"};
    info_.preprocessing.color = "gray";
    info_.preprocessing.width = info_.preprocessing.height = 4;
    info_.preprocessing.mean = {0};
    info_.preprocessing.std = {1};
  }
  const WeightsInfo& info() const override { return info_; }
  std::string compute_text() const override { return "by hand"; }
  FaceAnswers answer(const HostBatch& batch) override {
    FaceAnswers answers{2, {}, {}};
    for (int i = 0; i < batch.size; ++i) {
      answers.logits.push_back(batch.images[static_cast<std::size_t>(16 * i)]);
      answers.logits.push_back(0);
    }
    return answers;
  }

 private:
  WeightsInfo info_;
};

TEST(FaceFiles, ListsFilesFoldersPatternsAndStdin) {
  TemporaryFolder folder;
  const cv::Mat image(8, 8, CV_8UC1, cv::Scalar(7));
  fs::create_directories(folder.path() / "b");
  write_image(folder.path() / "a.png", image);
  write_image(folder.path() / "b" / "c.png", image);
  write_atomically(folder.path() / "b" / "notes.txt", "x");
  const std::string root = folder.path().string();
  std::istringstream list(root + "/a.png\n\n");
  EXPECT_EQ(list_face_files({root}, list), (std::vector<std::string>{root + "/a.png", root + "/b/c.png"}));
  EXPECT_EQ(list_face_files({root + "/*.png"}, list), (std::vector<std::string>{root + "/a.png"}));
  EXPECT_EQ(list_face_files({"-"}, list), (std::vector<std::string>{root + "/a.png"}));
  EXPECT_THROW(list_face_files({root + "/none.png"}, list), Error);
}

TEST(FaceFiles, ABadFileBecomesARowWithItsReason) {
  TemporaryFolder folder;
  write_image(folder.path() / "a.png", cv::Mat(30, 20, CV_8UC3, cv::Scalar(10, 10, 10)));
  write_atomically(folder.path() / "b.png", "broken");
  write_image(folder.path() / "c.png", cv::Mat(24, 24, CV_8UC1, cv::Scalar(90)));
  Brightness classifier;
  std::vector<FaceRow> rows;
  Progress progress;
  StopFlag stop;
  const std::string root = folder.path().string();
  const auto bad = predict_files(classifier, {root + "/a.png", root + "/b.png", root + "/c.png"}, 2, 1, 0.5, progress, stop,
                                 [&](const FaceRow& row) { rows.push_back(row); });
  EXPECT_EQ(bad, 1);
  ASSERT_EQ(rows.size(), 3u);
  ASSERT_TRUE(rows[0].prediction && rows[2].prediction);
  EXPECT_NEAR(rows[2].prediction->probabilities[0], 1 / (1 + std::exp(-90. / 255)),
              1e-5);  // each answer stands with its own file
  EXPECT_FALSE(rows[1].prediction);
  EXPECT_NE(rows[1].error.find("b.png"), std::string::npos);
}

}  // namespace
}  // namespace mien
