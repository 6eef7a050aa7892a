// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/image/picture.h"
#include "mien/results/results.h"

namespace mien {

/// Results are in pixels of the file's picture, also where a large one was decoded smaller to look at it.
void to_file(const Picture& picture, FaceResult& face);
/// The frame's faces where they are in the picture's pixels, to draw them there.
FrameResult from_file(const Picture& picture, FrameResult frame);

}  // namespace mien
