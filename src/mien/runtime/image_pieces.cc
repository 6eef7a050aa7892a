// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/image_pieces.h"

#include <algorithm>

namespace mien::runtime {

std::set<std::int64_t> ImagePieces::sizes() const {
  std::set<std::int64_t> all;
  for (const auto& piece : pieces) all.insert(piece.count);
  if (left.count > 0) all.insert(left.count);
  return all;
}

ImagePieces cut_in_pieces(std::int64_t images, int threads) {
  ImagePieces cut;
  const std::int64_t each = threads > 1 ? images / threads : 0;
  std::int64_t first = 0;
  const auto add = [&](std::int64_t count) {
    for (int t = 0; count > 0 && t < threads; ++t, first += count) cut.pieces.push_back({first, count});
  };
  const std::int64_t size = std::max<std::int64_t>(1, each / 2);
  for (std::int64_t done = 0; done + size <= each; done += size) add(size);
  add(each % size);  // the smallest come last
  cut.left = {first, images - first};
  return cut;
}

}  // namespace mien::runtime
