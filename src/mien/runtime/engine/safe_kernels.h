// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "mien/runtime/engine/format.h"
#include "mien/runtime/engine/windows.h"

namespace mien::runtime::engine {

/// The windows of neighbouring results leave input between them unread: along some axis the stride exceeds what the dilated
/// kernel reaches over.
bool leaves_gaps(const Window& window, const graph::Dims& kernel);

/// The paddings of some axis cancel out: there are some in front, and as many positions at the end stay unread.
bool cancels_paddings(const Window& window);

/// The implementation, by oneDNN's name for it, must not run with such a window, since in oneDNN 2.6 it writes past its memory:
///  - those for AMX under windows with gaps, in bf16 and 8 bits. They work on a copy of the input with room for windows that
///  touch
///    or overlap. The ones for kernels of one pixel ("_1x1:") read the input where it lies.
///  - "brgconv" at every level where paddings cancel out: some such windows write past the result in bf16 and 8 bits.
/// A test runs all others between pages that must not be touched.
bool oversteps(std::string_view implementation, const Window& window, const graph::Dims& kernel);

/// Moves on to the first implementation of a (de)convolution that stays inside its memory. Throws dnnl::error (unimplemented)
/// when there is none, so that the node is computed plainly.
/// @param pd  has next_impl() and impl_info_str() as dnnl::primitive_desc
template <typename PrimitiveDesc>
PrimitiveDesc without_oversteps(PrimitiveDesc pd, const Window& window, const graph::Dims& kernel) {
  while (oversteps(pd.impl_info_str(), window, kernel))
    if (!pd.next_impl()) throw dnnl::error(dnnl_unimplemented, "no implementation is safe for windows with gaps");
  return pd;
}

}  // namespace mien::runtime::engine
