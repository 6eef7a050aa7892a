// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/face_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <thread>

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
  EXPECT_EQ(list_face_files({root}, list).files, (std::vector<std::string>{root + "/a.png", root + "/b/c.png"}));
  EXPECT_EQ(list_face_files({root + "/*.png"}, list).files, (std::vector<std::string>{root + "/a.png"}));
  EXPECT_EQ(list_face_files({"-"}, list).files, (std::vector<std::string>{root + "/a.png"}));
  const auto left_out = list_face_files({root}, list).left_out;
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_EQ(left_out[0].path, root + "/b/notes.txt");
  EXPECT_EQ(left_out[0].reason, "no picture");
  EXPECT_THROW(list_face_files({root + "/none.png"}, list), Error);
}

TEST(FaceFiles, ContentCountsAndLinksAreFollowed) {
  TemporaryFolder folder, elsewhere;
  const auto png = encode_png(cv::Mat(8, 8, CV_8UC1, cv::Scalar(7)));
  const std::string bytes(png.begin(), png.end());
  write_atomically(folder.path() / "no-extension", bytes);
  write_atomically(folder.path() / "photo.dat", bytes);
  write_atomically(folder.path() / "broken.jpg", "not a picture");
  write_atomically(elsewhere.path() / "far.png", bytes);
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "link");
  fs::create_directory_symlink(folder.path(), folder.path() / "loop");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.png").c_str(), 0666), 0);
  std::istringstream nothing;
  const std::string root = folder.path().string();
  const auto found = list_face_files({root}, nothing);
  EXPECT_EQ(found.files, (std::vector<std::string>{root + "/broken.jpg", root + "/link/far.png", root + "/no-extension", root + "/photo.dat"}));
  ASSERT_EQ(found.left_out.size(), 2u);
  EXPECT_EQ(found.left_out[0].reason, "the folder " + root + " again");
  EXPECT_EQ(found.left_out[1].reason, "a pipe");
  const auto matched = list_face_files({root + "/p*"}, nothing);
  EXPECT_EQ(matched.files, (std::vector<std::string>{root + "/photo.dat"}));
  EXPECT_EQ(matched.left_out.size(), 1u) << "a pattern does not wait for a pipe";
  EXPECT_THROW(refuse_pipes({root + "/photo.dat", root + "/pipe.png"}), Error);
  EXPECT_NO_THROW(refuse_pipes(found.files));
}

TEST(FaceFiles, ListsMayComeFromFindAndFromWindows) {
  TemporaryFolder folder;
  const std::string a = (folder.path() / "a.png").string(), b = (folder.path() / "b\n.png").string();
  for (const auto& file : {a, b}) write_image(file, cv::Mat(8, 8, CV_8UC1, cv::Scalar(7)));
  std::istringstream from_find(a + '\0' + b + '\0');
  EXPECT_EQ(list_face_files({"-"}, from_find).files, (std::vector<std::string>{a, b}));
  std::istringstream from_windows("\xef\xbb\xbf" + a + "\r\nnot-there.png\r\n");
  EXPECT_EQ(list_face_files({"-"}, from_windows).files, (std::vector<std::string>{a, "not-there.png"}));
  std::istringstream folders(folder.path().string() + "\n");
  EXPECT_EQ(list_face_files({"-"}, folders).files.size(), 2u);
}

/// A pipe gives its picture once; a wait for one that nobody writes ends with the flag.
TEST(FaceFiles, PipesAreReadOnceAndGivenUpOnAStop) {
  TemporaryFolder folder;
  const auto png = encode_png(cv::Mat(24, 24, CV_8UC1, cv::Scalar(90)));
  const std::string pipe = (folder.path() / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  Brightness classifier;
  Progress progress;
  StopFlag stop;
  std::vector<FaceRow> rows;
  const auto keep = [&](const FaceRow& row) { rows.push_back(row); };
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary).write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size())); });
  EXPECT_EQ(predict_files(classifier, {pipe}, 4, 2, 0.5, progress, stop, keep), 0);
  writer.join();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NEAR(rows[0].prediction.value().probabilities[0], 1 / (1 + std::exp(-90. / 255)), 1e-5);
  std::thread stopper([&] { stop.request(); });
  try {
    predict_files(classifier, {pipe, pipe}, 4, 2, 0.5, progress, stop, keep);
    ADD_FAILURE() << "nobody wrote";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  stopper.join();
}

/// Photographs above the pixel limit are decoded smaller instead of being refused.
TEST(FaceFiles, LargePhotographsAreAnsweredFor) {
  TemporaryFolder folder;
  const std::string file = (folder.path() / "phone.jpg").string();
  write_image(file, cv::Mat(9'002, 12'000, CV_8UC1, cv::Scalar(90)));
  Brightness classifier;
  Progress progress;
  StopFlag stop;
  std::vector<FaceRow> rows;
  EXPECT_EQ(predict_files(classifier, {file}, 4, 1, 0.5, progress, stop, [&](const FaceRow& row) { rows.push_back(row); }), 0);
  ASSERT_TRUE(rows.at(0).prediction) << rows[0].error;
  EXPECT_NEAR(rows[0].prediction->probabilities[0], 1 / (1 + std::exp(-90. / 255)), 1e-2);
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
