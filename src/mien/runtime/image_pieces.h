// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <vector>

namespace mien::runtime {

/// How a batch is shared out: pieces that one thread each computes, and what is left, less than an image a thread, which all
/// threads compute together.
struct ImagePieces {
  struct Piece {
    std::int64_t first = 0, count = 0;
    bool operator==(const Piece&) const = default;
  };
  std::vector<Piece> pieces;  ///< empty: the whole batch is `left`
  Piece left;                 ///< count 0: nothing
  std::set<std::int64_t> sizes() const;  ///< of pieces and what is left: the shapes to compile
};

/// Every thread gets as many images as every other, in two pieces or three: few enough that weights are read once for several
/// images, and enough that a thread which the system lets run less can leave some to the others.
ImagePieces cut_in_pieces(std::int64_t images, int threads);

}  // namespace mien::runtime
