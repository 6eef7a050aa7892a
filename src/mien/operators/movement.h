// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// The parts of movement_operators(), one a source file. They copy elements of any type and never read them.
std::vector<Operator> reshape_operators();  ///< Reshape, Flatten, Squeeze, Unsqueeze
std::vector<Operator> repeat_operators();   ///< Expand, Tile
std::vector<Operator> concat_operators();   ///< Concat, Split
std::vector<Operator> slice_operators();    ///< Slice
std::vector<Operator> pad_operators();      ///< Pad

}  // namespace mien::operators
