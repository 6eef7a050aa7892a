// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

/// Two classes, bright and dark: the logit of "bright" is the first pixel in [0,1], that of "dark" is 0. Pixels of 250 and more are
/// too much for it: of a white one it makes NaN, others make it throw.
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
      const float pixel = batch.images[static_cast<std::size_t>(16 * i)];
      if (pixel > 0.98F && pixel < 1) throw std::runtime_error("overheated");
      answers.logits.push_back(pixel < 1 ? pixel : std::numeric_limits<float>::quiet_NaN());
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

TEST(FaceFiles, AnAnswerThatIsNoNumberAndAnyExceptionAreTheirFilesFailure) {
  TemporaryFolder folder;
  const std::vector<std::pair<std::string, int>> pictures = {{"a", 60}, {"nan", 255}, {"throws", 252}, {"b", 90}};
  std::vector<std::string> files;
  for (const auto& [name, gray] : pictures) {
    files.push_back((folder.path() / (name + ".png")).string());
    write_image(files.back(), cv::Mat(4, 4, CV_8UC1, cv::Scalar(gray)));
  }
  Brightness classifier;
  std::vector<FaceRow> rows;
  Progress progress;
  StopFlag stop;
  EXPECT_EQ(predict_files(classifier, files, 4, 2, 0.5, progress, stop, [&](const FaceRow& row) { rows.push_back(row); }), 2);
  ASSERT_EQ(rows.size(), 4u);
  ASSERT_TRUE(rows[0].prediction && rows[3].prediction);
  EXPECT_NEAR(rows[3].prediction->probabilities[0], 1 / (1 + std::exp(-90. / 255)), 1e-5);
  EXPECT_FALSE(rows[1].prediction) << "NaN was told as " << rows[1].prediction->label;
  EXPECT_NE(rows[1].error.find("not finite"), std::string::npos) << rows[1].error;
  EXPECT_NE(rows[1].error.find("nan.png"), std::string::npos) << rows[1].error;
  EXPECT_FALSE(rows[2].prediction);
  EXPECT_NE(rows[2].error.find("throws.png: overheated"), std::string::npos) << rows[2].error;
}

TEST(FaceFiles, ValenceAndArousalMustBeNumbersToo) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto faces = to_predictions({2, {1, 0, 0, 1, 3, 3}, {0.5F, 0.25F, 0.5F, nan, 0, 0}}, 1);
  ASSERT_EQ(faces.size(), 3u);
  EXPECT_TRUE(faces[0].finite);
  EXPECT_EQ(faces[0].label, 0);
  EXPECT_FALSE(faces[1].finite);
  EXPECT_EQ(faces[1].label, -1);
  EXPECT_TRUE(std::isnan(faces[1].confidence));
  EXPECT_TRUE(faces[2].finite);
}

}  // namespace
}  // namespace mien
