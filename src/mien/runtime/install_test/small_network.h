/* SPDX-FileCopyrightText: 2026 The mien authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two images for small_network.onnx, and the logits of ONNX Runtime 1.30 for them. C and C++.
 */
#ifndef MIEN_RUNTIME_INSTALL_TEST_SMALL_NETWORK_H
#define MIEN_RUNTIME_INSTALL_TEST_SMALL_NETWORK_H

#include <stdint.h>

enum { small_network_images = 2, small_network_pixels = 2 * 8 * 8, small_network_logits = 2 * 3 };

static const int64_t small_network_shape[4] = {2, 1, 8, 8};

static const float small_network_expected[6] = {-0.110015869f, 0.576110840f, 0.0280151367f,
                                                -0.117675781f, 0.567810059f, 0.0237426758f};

static inline void small_network_fill(float* pixels) {
  for (int i = 0; i < small_network_pixels; ++i) pixels[i] = (float)((7 * i) % 11) / 8 - 0.5f;
}

#endif
