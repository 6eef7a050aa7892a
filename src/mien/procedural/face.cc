// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/procedural/face.h"

#include "mien/base/error.h"
#include "mien/procedural/scene.h"

namespace mien {

namespace {

constexpr int kSmallest = 24, kLargest = 2048;

void require(bool good, const std::string& option, const std::string& expected, double found) {
  if (!good)
    throw Error(ErrorCode::usage,
                "procedural faces: option " + option + " must be " + expected + ", found " + std::to_string(found));
}

void check(const ProceduralOptions& options) {
  require(options.size_px >= kSmallest && options.size_px <= kLargest, "size_px", "24..2048", options.size_px);
  require(options.identities > 0, "identities", "at least 1", options.identities);
  require(options.intensity_min >= 0 && options.intensity_min <= 1, "intensity_min", "0..1", options.intensity_min);
  require(options.mixture >= 0 && options.mixture <= 1, "mixture", "0..1", options.mixture);
  require(options.noise >= 0 && options.noise <= 2, "noise", "0..2", options.noise);
}

}  // namespace

ProceduralFace draw_face(std::uint64_t seed, std::int64_t index, const ProceduralOptions& options) {
  check(options);
  return procedural::render(procedural::draw_scene(seed, index, options), options.size_px);
}

ProceduralFace draw_expression(std::uint64_t seed, std::int64_t identity, int expression, const ProceduralOptions& options) {
  check(options);
  require(expression >= 0 && expression < procedural::expression_count, "expression", "a FER+ class 0..7", expression);
  procedural::Scene scene;
  scene.identity = procedural::draw_identity(seed, identity);
  if (expression != procedural::neutral) scene.strengths[static_cast<std::size_t>(expression)] = 1;
  scene.action = procedural::prototype(static_cast<procedural::Expression>(expression));
  Random where(seed, 0xE4B0, static_cast<std::uint64_t>(identity), static_cast<std::uint64_t>(expression));
  scene.photo = procedural::draw_photograph(options.noise, where);
  return procedural::render(scene, options.size_px);
}

}  // namespace mien
