// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/face_heads.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "mien/base/error.h"

namespace mien {
namespace {

/// Outputs with memory of their own.
struct Outputs {
  std::deque<std::vector<float>> memory;
  std::vector<HeadOutput> list;

  float* add(const std::string& name, std::int64_t rows, std::int64_t columns) {
    memory.emplace_back(static_cast<std::size_t>(rows * columns));
    list.push_back({name, {1, rows, columns}, memory.back().data()});
    return memory.back().data();
  }
};

void expect_box(const Detection& d, float x, float y, float w, float h) {
  EXPECT_NEAR(d.box.x, x, 1e-3);
  EXPECT_NEAR(d.box.y, y, 1e-3);
  EXPECT_NEAR(d.box.width, w, 1e-3);
  EXPECT_NEAR(d.box.height, h, 1e-3);
}

/// YuNet's outputs for an input of 64 x 32, all zero.
Outputs yunet_outputs() {
  Outputs o;
  for (const int stride : {8, 16, 32}) {
    const int cells = 64 / stride * (32 / stride);
    for (const auto& [kind, width] :
         std::vector<std::pair<std::string, int>>{{"cls_", 1}, {"obj_", 1}, {"bbox_", 4}, {"kps_", 10}})
      o.add(kind + std::to_string(stride), cells, width);
  }
  return o;
}

TEST(YunetHead, DecodesACell) {
  auto o = yunet_outputs();
  const auto values = [&](const std::string& name) {
    for (std::size_t i = 0; i < o.list.size(); ++i)
      if (o.list[i].name == name) return o.memory[i].data();
    throw std::logic_error(name);
  };
  // Stride 16, four columns: cell 6 is column 2, row 1.
  values("cls_16")[6] = 0.81F;
  values("obj_16")[6] = 0.64F;
  const float box[] = {0.5F, -0.25F, std::log(2.0F), std::log(3.0F)};
  std::copy(box, box + 4, values("bbox_16") + 4 * 6);
  for (int k = 0; k < 10; ++k) values("kps_16")[10 * 6 + k] = 0.1F * static_cast<float>(k);
  const auto found = make_yunet_head()->decode(o.list, {64, 32}, 0.5);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.72, 1e-6);  // sqrt(0.81 * 0.64)
  expect_box(found[0], 40 - 16, 12 - 24, 32, 48);
  ASSERT_EQ(found[0].points.size(), 5u);
  for (int k = 0; k < 5; ++k) {
    EXPECT_NEAR(found[0].points[static_cast<std::size_t>(k)].x, (2 + 0.2 * k) * 16, 1e-3);
    EXPECT_NEAR(found[0].points[static_cast<std::size_t>(k)].y, (1.1 + 0.2 * k) * 16, 1e-3);
  }
  EXPECT_TRUE(make_yunet_head()->decode(o.list, {64, 32}, 0.73).empty());
}

TEST(YunetHead, ClampsScoresAndRefusesOtherSizes) {
  auto o = yunet_outputs();
  o.memory[0][0] = 7;
  o.memory[1][0] = 5;
  const auto found = make_yunet_head()->decode(o.list, {64, 32}, 0.5);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].score, 1);
  o.memory[0][0] = NAN;
  EXPECT_TRUE(make_yunet_head()->decode(o.list, {64, 32}, 0.5).empty());
  EXPECT_THROW(make_yunet_head()->decode(o.list, {64, 64}, 0.5), Error);
}

TEST(UltrafaceHead, ReadsCornersInSharesOfTheInput) {
  Outputs o;
  float* scores = o.add("scores", 3, 2);
  float* boxes = o.add("boxes", 3, 4);
  scores[1] = 0.3F, scores[3] = 0.9F, scores[5] = 0.8F;
  const float corners[] = {0.25F, 0.5F, 0.5F, 0.75F};
  std::copy(corners, corners + 4, boxes + 4);
  const auto found = make_ultraface_head()->decode(o.list, {320, 240}, 0.85);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FLOAT_EQ(found[0].score, 0.9F);
  expect_box(found[0], 80, 120, 80, 60);
  EXPECT_TRUE(found[0].points.empty());
}

/// Priors of an input of 64 x 40: 8*5*2 at stride 8, 4*3*2 at stride 16 (the last row is cut), 2*2*2 at stride 32.
constexpr std::int64_t kPriors = 80 + 24 + 8;

TEST(RetinafaceHead, DecodesAPrior) {
  Outputs o;
  float* boxes = o.add("loc", kPriors, 4);
  float* scores = o.add("conf", kPriors, 2);
  float* points = o.add("landms", kPriors, 10);
  for (std::int64_t i = 0; i < kPriors; ++i) scores[2 * i] = 1;
  // Stride 16, row 2, column 1, the larger prior: 128 pixels about (24, 40).
  const std::int64_t i = 80 + 2 * (2 * 4 + 1) + 1;
  scores[2 * i] = 0.1F, scores[2 * i + 1] = 0.9F;
  const float box[] = {0.5F, -1, 5 * std::log(0.5F), 5 * std::log(0.25F)};
  std::copy(box, box + 4, boxes + 4 * i);
  for (int k = 0; k < 10; ++k) points[10 * i + k] = 0.25F * static_cast<float>(k);
  const auto found = make_retinaface_head()->decode(o.list, {64, 40}, 0.5);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FLOAT_EQ(found[0].score, 0.9F);
  // Middle (24 + 0.5 * 0.1 * 128, 40 - 0.1 * 128) = (30.4, 27.2), size 64 x 32.
  expect_box(found[0], 30.4F - 32, 27.2F - 16, 64, 32);
  ASSERT_EQ(found[0].points.size(), 5u);
  for (int k = 0; k < 5; ++k) {
    EXPECT_NEAR(found[0].points[static_cast<std::size_t>(k)].x, 24 + 12.8 * 0.5 * k, 1e-3);
    EXPECT_NEAR(found[0].points[static_cast<std::size_t>(k)].y, 40 + 12.8 * (0.25 + 0.5 * k), 1e-3);
  }
}

TEST(RetinafaceHead, PriorsFollowEachOther) {
  // Every prior answers with itself: the first, the last of each level and the first of the next.
  Outputs o;
  o.add("a", kPriors, 4);
  float* scores = o.add("b", kPriors, 2);
  o.add("c", kPriors, 10);
  for (std::int64_t i = 0; i < kPriors; ++i) scores[2 * i + 1] = 1;
  const auto found = make_retinaface_head()->decode(o.list, {64, 40}, 0.5);
  ASSERT_EQ(found.size(), static_cast<std::size_t>(kPriors));
  expect_box(found[0], 4 - 8, 4 - 8, 16, 16);
  expect_box(found[1], 4 - 16, 4 - 16, 32, 32);
  expect_box(found[2], 12 - 8, 4 - 8, 16, 16);
  expect_box(found[79], 60 - 16, 36 - 16, 32, 32);
  expect_box(found[80], 8 - 32, 8 - 32, 64, 64);
  expect_box(found[104], 16 - 128, 16 - 128, 256, 256);
  expect_box(found[111], 48 - 256, 48 - 256, 512, 512);
}

TEST(RetinafaceHead, TakesLogits) {
  Outputs o;
  o.add("a", kPriors, 4);
  float* scores = o.add("b", kPriors, 2);
  o.add("c", kPriors, 10);
  for (std::int64_t i = 0; i < kPriors; ++i) scores[2 * i] = 4;
  scores[0] = -1, scores[1] = 1;
  const auto found = make_retinaface_head()->decode(o.list, {64, 40}, 0.5);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 1 / (1 + std::exp(-2.0)), 1e-6);
}

TEST(RecogniseFaceHead, GoesByTheOutputs) {
  const auto name_of = [](const std::vector<HeadOutput>& outputs) {
    const auto head = recognise_face_head(outputs);
    return head ? head->name() : "";
  };
  EXPECT_EQ(name_of(yunet_outputs().list), "yunet");
  EXPECT_EQ(name_of({{"scores", {1, 4420, 2}}, {"boxes", {1, 4420, 4}}}), "ultraface");
  EXPECT_EQ(name_of({{"output0", {1, 16800, 4}}, {"630", {1, 16800, 2}}, {"629", {1, 16800, 10}}}), "retinaface");
  EXPECT_EQ(name_of({{"output0", {-1, -1, 4}}, {"630", {-1, -1, 2}}, {"629", {-1, -1, 10}}}), "retinaface");
  EXPECT_EQ(name_of({{"logits", {1, 8}}}), "");
  EXPECT_EQ(name_of({}), "");
  auto incomplete = yunet_outputs().list;
  incomplete.pop_back();
  EXPECT_EQ(name_of(incomplete), "");
}

}  // namespace
}  // namespace mien
