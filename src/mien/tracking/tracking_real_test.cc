// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "mien/base/csv.h"
#include "mien/face_geometry/head_pose.h"
#include "mien/face_geometry/quality.h"
#include "mien/image/decode.h"
#include "mien/testing/golden.h"
#include "mien/tracking/face_tracker.h"
#include "mien/tracking/identities.h"
#include "mien/tracking/identity_benchmark.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

/// A file below the shared folder; empty when there is none.
fs::path shared(const std::string& file) {
  const auto folder = testing::shared_folder();
  return folder && fs::exists(*folder / file) ? *folder / file : fs::path();
}

std::vector<float> embedding_of(FaceEmbedder& embedder, const fs::path& file) {
  static const auto detector = make_face_detector();
  static const auto landmarks = make_landmark_model();
  const cv::Mat image = read_image(file);
  const auto detections = detector->detect(image);
  if (detections.empty()) return {};
  return embedder.embed(image, landmarks->find(image, detections[0], detector->name()).points);
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return a.empty() || b.empty() ? NAN : sum;
}

TEST(EmbeddingNetwork, KnowsOnePersonAndTellsTwoApart) {
  const fs::path model = shared("models/MobileFaceNet.onnx"), media = shared("data/media");
  if (model.empty() || media.empty()) GTEST_SKIP() << "needs MobileFaceNet and the media";
  const auto embedder = make_face_embedder(model);
  EXPECT_EQ(embedder->size(), 128);
  std::vector<std::vector<float>> lisa;
  for (const char* file : {"lisa1.jpg", "lisa2.jpg", "lisa3.jpg", "lisa4.jpg"})
    lisa.push_back(embedding_of(*embedder, media / file));
  const auto astronaut = embedding_of(*embedder, media / "astronaut.png"),
             hopper = embedding_of(*embedder, media / "grace_hopper.bmp");
  const double same = embedder->same_person_likeness();
  for (std::size_t i = 1; i < lisa.size(); ++i) EXPECT_GT(dot(lisa[0], lisa[i]), same) << i;
  EXPECT_LT(dot(lisa[0], astronaut), same);
  EXPECT_LT(dot(lisa[0], hopper), same);
  EXPECT_LT(dot(astronaut, hopper), same);
}

TEST(IdentityBenchmark, RightPairsAreMoreAlikeThanWrongOnes) {
  const fs::path model = shared("models/MobileFaceNet.onnx"), labels = shared("data/mux/labels.csv");
  if (model.empty() || labels.empty()) GTEST_SKIP() << "needs MobileFaceNet and the mux images";
  const CsvTable table = read_csv(labels, true);
  std::vector<PersonImage> images;
  for (const auto& row : table.rows)
    if (row[0].size() > 9 && row[0][row[0].size() - 9] == '_')
      images.push_back({labels.parent_path() / "images" / row[0], row[2], {}});  // LFW
  const auto detector = make_face_detector();
  const auto landmarks = make_landmark_model();
  const auto texture = make_face_embedder(), network = make_face_embedder(model);
  Progress progress;
  StopFlag stop;
  const auto rows = bench_identity(images, *detector, *landmarks, {texture.get(), network.get()},
                                   {.pairs = 200, .different = 4000}, progress, stop);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_LT(rows[0].without_face, rows[0].images / 20);
  EXPECT_GT(rows[0].scores.area, 0.74);  // 0.79 on 1500 pairs, see docs/results/identity.md
  EXPECT_GT(rows[1].scores.area, 0.97);  // 0.99
}

struct Seen {
  int frames = 0, with_face = 0, people = 0;
  std::set<int> numbers;
  std::size_t most_faces = 0;
};

/// `restart`: frames after which the tracker starts anew.
Seen watch(const fs::path& file, FaceEmbedder& embedder, int restart) {
  const auto detector = make_face_detector();
  const auto landmarks = make_landmark_model();
  Identities identities({.same_person_likeness = embedder.same_person_likeness()});
  std::unique_ptr<FaceTracker> tracker;
  const auto video = open_video(file);
  Seen seen;
  for (int t = 0; auto frame = video->next(); ++t) {
    const int position = t % restart;
    if (position == 0) tracker = std::make_unique<FaceTracker>(landmarks->clone(), detector->name());
    std::vector<Detection> detections;
    const bool wanted = tracker->wants_detection(position);
    if (wanted) detections = detector->detect(frame->image);
    std::vector<Identities::Observation> faces;
    for (const auto& face : tracker->update(frame->image, wanted ? &detections : nullptr)) {
      const Points& points = face.landmarks.points;
      const double quality = measure_quality(frame->image, points, estimate_head_pose(points, frame->image.size())).overall;
      faces.push_back({1000 * (t / restart) + face.track, quality,
                       face.followed ? std::vector<float>() : embedder.embed(frame->image, points), face.detection.box,
                       frame->time_s});
    }
    for (const int number : identities.assign(faces))
      if (number >= 0) seen.numbers.insert(number);
    ++seen.frames;
    seen.with_face += faces.empty() ? 0 : 1;
    seen.most_faces = std::max(seen.most_faces, faces.size());
  }
  seen.people = identities.people();
  return seen;
}

TEST(IdentitiesOfVideos, OneWomanIsOnePerson) {
  const fs::path file = shared("data/media/WolfgangLanger_Pexels.mp4"), model = shared("models/MobileFaceNet.onnx");
  if (file.empty()) GTEST_SKIP() << "needs the media";
  for (const fs::path& embedding : {fs::path(), model}) {
    const auto embedder = make_face_embedder(embedding);
    for (const int restart : {1000, 50}) {
      const Seen seen = watch(file, *embedder, restart);
      EXPECT_EQ(seen.frames, 472);
      EXPECT_GE(seen.with_face, 465) << embedder->name() << " " << restart;
      EXPECT_EQ(seen.most_faces, 1U) << embedder->name() << " " << restart;
      EXPECT_EQ(seen.people, 1) << embedder->name() << " " << restart;
    }
    if (model.empty()) break;
  }
}

TEST(IdentitiesOfVideos, FaceEndsWithTheScene) {
  const fs::path file = shared("data/media/face_noface.mov");
  if (file.empty()) GTEST_SKIP() << "needs the media";
  const Seen seen = watch(file, *make_face_embedder(), 1000);  // frames 0-71 one man, then none
  EXPECT_EQ(seen.frames, 169);
  EXPECT_EQ(seen.with_face, 72);
  EXPECT_EQ(seen.people, 1);
}

}  // namespace
}  // namespace mien
