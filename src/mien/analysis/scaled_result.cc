// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/scaled_result.h"

namespace mien {

void to_file(const Picture& picture, FaceResult& face) {
  if (!picture.shrunk()) return;
  face.box = picture.to_file(face.box);
  for (auto& point : face.landmarks) point = picture.to_file(point);
  face.quality.size_px *= (picture.scale().x + picture.scale().y) / 2;
}

FrameResult from_file(const Picture& picture, FrameResult frame) {
  if (!picture.shrunk()) return frame;
  frame.width = picture.pixels.cols;
  frame.height = picture.pixels.rows;
  for (auto& face : frame.faces) {
    face.box = picture.from_file(face.box);
    for (auto& point : face.landmarks) point = picture.from_file(point);
  }
  return frame;
}

}  // namespace mien
