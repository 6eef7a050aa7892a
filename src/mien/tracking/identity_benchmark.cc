// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/identity_benchmark.h"

#include <atomic>
#include <chrono>
#include <set>

#include "mien/base/error.h"
#include "mien/base/parallel.h"
#include "mien/image/decode.h"

namespace mien {

namespace {

using Embedding = std::vector<float>;

/// Embeddings of one photograph, one an embedder; empty where there is no face.
struct Looks {
  std::vector<Embedding> embeddings;
  std::vector<double> ms;
};

/// The models of one thread.
struct Models {
  std::unique_ptr<FaceDetector> detector;
  std::unique_ptr<LandmarkModel> landmarks;
  std::vector<std::unique_ptr<FaceEmbedder>> embedders;

  Looks look(const std::filesystem::path& file) {
    const cv::Mat image = read_image(file);
    const auto detections = detector->detect(image);
    Looks looks{std::vector<Embedding>(embedders.size()), std::vector<double>(embedders.size())};
    if (detections.empty()) return looks;
    const Points points = landmarks->find(image, detections[0], detector->name()).points;
    for (std::size_t i = 0; i < embedders.size(); ++i) {
      const auto start = std::chrono::steady_clock::now();
      looks.embeddings[i] = embedders[i]->embed(image, points);
      looks.ms[i] = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    }
    return looks;
  }
};

double dot(const Embedding& a, const Embedding& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

IdentityBenchRow score(const FaceEmbedder& embedder, std::size_t which, const VerificationPairs& pairs,
                       const std::vector<std::size_t>& used, const std::vector<Looks>& looks) {
  IdentityBenchRow row;
  row.embedder = embedder.name();
  row.size = embedder.size();
  row.images = used.size();
  std::size_t faces = 0;
  for (const std::size_t i : used) {
    if (looks[i].embeddings[which].empty()) continue;
    ++faces;
    row.ms_per_face += looks[i].ms[which];
  }
  row.without_face = used.size() - faces;
  row.ms_per_face /= static_cast<double>(std::max<std::size_t>(1, faces));
  const auto likenesses = [&](const std::vector<std::pair<std::size_t, std::size_t>>& list) {
    std::vector<double> all;
    for (const auto& [a, b] : list) {
      const auto &x = looks[a].embeddings[which], &y = looks[b].embeddings[which];
      if (!x.empty() && !y.empty()) all.push_back(dot(x, y));
    }
    return all;
  };
  const auto same = likenesses(pairs.same), different = likenesses(pairs.different);
  row.same_pairs = same.size();
  row.different_pairs = different.size();
  row.scores = verification_scores(same, different);
  row.threshold_1_percent = threshold_at_false_accepts(different, 0.01);
  row.accepted_1_percent = accepted(same, row.threshold_1_percent);
  row.threshold_1_permille = threshold_at_false_accepts(different, 0.001);
  row.accepted_1_permille = accepted(same, row.threshold_1_permille);
  return row;
}

}  // namespace

std::vector<IdentityBenchRow> bench_identity(const std::vector<PersonImage>& images, const FaceDetector& detector,
                                             const LandmarkModel& landmarks, const std::vector<const FaceEmbedder*>& embedders,
                                             const IdentityBenchOptions& options, Progress& progress, const StopFlag& stop) {
  std::vector<std::string> identities, sessions;
  for (const auto& image : images) identities.push_back(image.identity), sessions.push_back(image.session);
  const auto pairs = draw_verification_pairs(identities, sessions, options.pairs, options.different, options.seed);
  std::set<std::size_t> drawn;
  for (const auto* list : {&pairs.same, &pairs.different})
    for (const auto& [a, b] : *list) drawn.insert({a, b});
  const std::vector<std::size_t> used(drawn.begin(), drawn.end());

  std::vector<Looks> looks(images.size());
  progress.begin("faces", static_cast<std::int64_t>(used.size()));
  const int threads = options.threads > 0 ? options.threads : available_cores();
  std::vector<Models> models(static_cast<std::size_t>(threads));
  for (auto& own : models) {
    own.detector = detector.clone();
    own.landmarks = landmarks.clone();
    for (const auto* embedder : embedders) own.embedders.push_back(embedder->clone());
  }
  constexpr std::size_t kStretch = 64;  // progress is told from one thread
  for (std::size_t begin = 0; begin < used.size(); begin += kStretch) {
    if (stop.requested()) throw Error(ErrorCode::interrupted, "identity benchmark: stopped");
    const std::size_t end = std::min(used.size(), begin + kStretch);
    std::atomic<std::size_t> next{begin};
    parallel_for(threads, threads, [&](std::int64_t worker) {
      for (std::size_t k = next++; k < end; k = next++)
        looks[used[k]] = models[static_cast<std::size_t>(worker)].look(images[used[k]].file);
    });
    progress.advance(static_cast<std::int64_t>(end), "");
  }
  progress.end("");

  std::vector<IdentityBenchRow> rows;
  for (std::size_t i = 0; i < embedders.size(); ++i) rows.push_back(score(*embedders[i], i, pairs, used, looks));
  return rows;
}

}  // namespace mien
