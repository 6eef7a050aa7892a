// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/image_pieces.h"

#include <gtest/gtest.h>

namespace mien::runtime {
namespace {

using Piece = ImagePieces::Piece;

TEST(ImagePieces, SixteenImagesForTwoThreads) {
  const auto cut = cut_in_pieces(16, 2);
  EXPECT_EQ(cut.pieces, (std::vector<Piece>{{0, 4}, {4, 4}, {8, 4}, {12, 4}}));
  EXPECT_EQ(cut.left.count, 0);
  EXPECT_EQ(cut.sizes(), (std::set<std::int64_t>{4}));
}

TEST(ImagePieces, WhatIsLeftIsForAllTogether) {
  const auto cut = cut_in_pieces(3, 2);
  EXPECT_EQ(cut.pieces, (std::vector<Piece>{{0, 1}, {1, 1}}));
  EXPECT_EQ(cut.left, (Piece{2, 1}));
}

TEST(ImagePieces, FewerImagesThanThreadsAreNotCut) {
  for (const int threads : {1, 4, 64}) {
    const auto cut = cut_in_pieces(threads == 1 ? 9 : 3, threads);
    EXPECT_TRUE(cut.pieces.empty());
    EXPECT_EQ(cut.left, (Piece{0, threads == 1 ? 9 : 3}));
  }
}

TEST(ImagePieces, AllImagesOnceInOrderAndAsManyForEveryThread) {
  for (std::int64_t images = 1; images <= 200; ++images)
    for (const int threads : {2, 3, 8}) {
      const auto cut = cut_in_pieces(images, threads);
      std::int64_t next = 0;
      for (const auto& piece : cut.pieces) {
        EXPECT_EQ(piece.first, next);
        EXPECT_GT(piece.count, 0);
        next += piece.count;
      }
      EXPECT_EQ(next % threads, 0);
      EXPECT_EQ(cut.left.first, next);
      EXPECT_EQ(next + cut.left.count, images);
      EXPECT_LT(cut.left.count, threads);
      EXPECT_EQ(cut.pieces.size() % static_cast<std::size_t>(threads), 0u);
      EXPECT_LE(cut.pieces.size(), static_cast<std::size_t>(3 * threads));
      EXPECT_LE(cut.sizes().size(), 3u);
    }
}

}  // namespace
}  // namespace mien::runtime
