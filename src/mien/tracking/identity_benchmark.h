// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mien/base/progress.h"
#include "mien/face/detector.h"
#include "mien/face/landmark_model.h"
#include "mien/tracking/embedder.h"
#include "mien/tracking/verification.h"

namespace mien {

/// A photograph of one known person.
struct PersonImage {
  std::filesystem::path file;
  std::string identity;
  std::string session;  ///< pairs of one person are taken from one session; the same everywhere = does not matter
};

struct IdentityBenchOptions {
  std::size_t pairs = 1500;        ///< of one person
  std::size_t different = 150000;  ///< pairs of two people: many, for the thresholds at few false accepts
  std::uint64_t seed = 1;
  int threads = 1;
};

/// How well one embedder does.
struct IdentityBenchRow {
  std::string embedder;
  int size = 0;
  std::size_t images = 0, without_face = 0;  ///< photographs drawn; those in which no face was found, whose pairs are left out
  std::size_t same_pairs = 0, different_pairs = 0;  ///< compared
  VerificationScores scores;
  double threshold_1_percent = 0,
         accepted_1_percent = 0;  ///< at 1 % false accepts: the threshold, the share of right pairs accepted
  double threshold_1_permille = 0, accepted_1_permille = 0;  ///< at 0.1 %
  double ms_per_face = 0;                                    ///< embedding alone, mean
};

/// Finds the surest face of each photograph drawn, places landmarks, embeds, compares. The same images, options and models give
/// the same answers (but for the times). Throws Error{usage} when there are too few images, Error{interrupted}.
std::vector<IdentityBenchRow> bench_identity(const std::vector<PersonImage>& images, const FaceDetector& detector,
                                             const LandmarkModel& landmarks, const std::vector<const FaceEmbedder*>& embedders,
                                             const IdentityBenchOptions& options, Progress& progress, const StopFlag& stop);

}  // namespace mien
