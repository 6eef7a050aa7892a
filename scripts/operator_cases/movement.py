# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Operators that move values without changing them."""
import numpy as np

from operator_cases.case import case as any_case
from operator_cases.case import f32, i64, real, u8, whole


def case(name, op, inputs, **options):
    return any_case(name, op, inputs, tolerance=0, **options)


RESHAPES = [
    case("reshape", "Reshape", [real(2, 3, 4), i64([4, 6])], opset=9, constants=(1,)),
    case("reshape_copy_and_free", "Reshape", [real(2, 3, 4), i64([0, -1])], constants=(1,)),
    case("reshape_zero", "Reshape", [real(0, 3), i64([3, 0])], opset=14, constants=(1,), allowzero=1),
    case("reshape_to_scalar", "Reshape", [real(1, 1), i64([])], constants=(1,)),
    case("reshape_u8", "Reshape", [u8(4, 2), i64([2, 2, -1])], constants=(1,)),
    case("flatten", "Flatten", [real(2, 3, 4)]),
    case("flatten_0", "Flatten", [real(2, 3, 4)], opset=9, axis=0),
    case("flatten_end", "Flatten", [real(2, 3, 4)], axis=3),
    case("flatten_negative", "Flatten", [real(2, 3, 4)], opset=11, axis=-1),
    case("squeeze_all", "Squeeze", [real(1, 3, 1)], opset=9),
    case("squeeze_attribute", "Squeeze", [real(1, 3, 1)], opset=11, axes=[-1]),
    case("squeeze_input", "Squeeze", [real(1, 3, 1), i64([0])], constants=(1,)),
    case("unsqueeze_attribute", "Unsqueeze", [real(3, 2)], opset=9, axes=[0, 3]),
    case("unsqueeze_negative", "Unsqueeze", [real(3, 2)], opset=11, axes=[-1, 1]),
    case("unsqueeze_input", "Unsqueeze", [real(3, 2), i64([2, 0])], constants=(1,)),
    case("unsqueeze_scalar", "Unsqueeze", [f32(3), i64([0])], constants=(1,)),
    case("transpose", "Transpose", [real(2, 3, 4)]),
    case("transpose_image", "Transpose", [real(2, 3, 4, 5)], perm=[0, 2, 3, 1]),
    case("transpose_heads", "Transpose", [real(2, 3, 2, 4)], perm=[0, 2, 1, 3]),
    case("transpose_shuffle", "Transpose", [real(1, 2, 3, 2, 2)], perm=[0, 2, 1, 3, 4]),
    case("transpose_u8", "Transpose", [u8(2, 3, 4)], perm=[2, 0, 1]),
    case("transpose_i64", "Transpose", [whole(3, 2, low=-9, high=9, dtype=np.int64)]),
    case("transpose_u16", "Transpose", [whole(3, 2, low=0, high=9999, dtype=np.uint16)]),
]

REPEATS = [
    case("expand", "Expand", [real(3, 1), i64([2, 3, 4])], constants=(1,)),
    case("expand_keeps_larger", "Expand", [real(3, 4), i64([1])], opset=9, constants=(1,)),
    case("expand_scalar", "Expand", [f32(7), i64([2, 2])], constants=(1,)),
    case("expand_boolean", "Expand", [np.array([[True], [False]]), i64([2, 3])], constants=(1,)),
    case("tile", "Tile", [real(2, 3), i64([2, 2])], opset=9, constants=(1,)),
    case("tile_zero", "Tile", [real(2, 3), i64([1, 0])], constants=(1,)),
    case("tile_i32", "Tile", [np.int32([[1, 2]]), i64([3, 2])], constants=(1,)),
]

JOINS = [
    case("concat_channels", "Concat", [real(2, 3, 4), real(2, 1, 4), real(2, 2, 4)], opset=9, axis=1),
    case("concat_last", "Concat", [real(2, 3), real(2, 1)], axis=-1),
    case("concat_first_i64", "Concat", [i64([1, 2]), i64([3])], axis=0),
    case("concat_empty", "Concat", [real(2, 0), real(2, 3)], axis=1),
    case("concat_u8", "Concat", [u8(1, 3), u8(2, 3)], axis=0),
    case("split_equal", "Split", [real(2, 6)], opset=9, axis=1, outputs=3),
    case("split_attribute", "Split", [real(5, 2)], opset=11, split=[1, 4], outputs=2),
    case("split_input", "Split", [real(2, 6, 3), i64([2, 1, 3])], opset=13, constants=(1,), axis=-2, outputs=3),
    case("split_count", "Split", [real(7, 2)], opset=18, num_outputs=3, outputs=3),
    case("split_u8", "Split", [u8(4, 3)], axis=0, outputs=2),
]

X = real(5, 6, 4)
SLICES = [
    case("slice_attributes", "Slice", [X], opset=9, starts=[1, 0], ends=[3, -1]),
    case("slice_attribute_axes", "Slice", [X], opset=9, starts=[-2], ends=[1000], axes=[1]),
    case("slice_inputs", "Slice", [X, i64([1, 2]), i64([4, 5])], opset=10, constants=(1, 2)),
    case("slice_axes_steps", "Slice", [X, i64([0, 1]), i64([5, 6]), i64([0, -2]), i64([2, 3])], opset=10, constants=(1, 2, 3, 4)),
    case("slice_reverse", "Slice", [X, i64([-1]), i64([-100]), i64([1]), i64([-1])], constants=(1, 2, 3, 4)),
    case("slice_reverse_step", "Slice", [X, i64([20, 3]), i64([0, 0]), i64([0, 2]), i64([-2, -3])], constants=(1, 2, 3, 4)),
    case("slice_extremes", "Slice", [X, i64([-2 ** 63]), i64([2 ** 63 - 1]), i64([0]), i64([2 ** 62])], constants=(1, 2, 3, 4)),
    case("slice_to_least", "Slice", [X, i64([2 ** 63 - 1]), i64([-2 ** 63]), i64([2]), i64([-1])], constants=(1, 2, 3, 4)),
    case("slice_nothing", "Slice", [X, i64([3]), i64([1]), i64([0])], constants=(1, 2, 3)),
    case("slice_i32_places", "Slice", [X, np.int32([1]), np.int32([-1]), np.int32([2])], constants=(1, 2, 3)),
    case("slice_u8_step", "Slice", [u8(3, 8), i64([0]), i64([8]), i64([1]), i64([2])], constants=(1, 2, 3, 4)),
]

PADS = [
    case("pad_attributes", "Pad", [real(2, 3)], opset=9, pads=[0, 1, 2, 3], value=1.5),
    case("pad_attribute_reflect", "Pad", [real(1, 3, 4)], opset=10, pads=[0, 2, 1, 0, 1, 3], mode="reflect"),
    case("pad_attribute_edge", "Pad", [real(2, 3)], opset=9, pads=[1, 0, 0, 2], mode="edge"),
    case("pad_input", "Pad", [real(1, 2, 3, 3), i64([0, 0, 1, 1, 0, 0, 1, 1])], opset=11, constants=(1,)),
    case("pad_input_value", "Pad", [real(2, 3), i64([1, 0, 0, 2]), f32(-7)], opset=13, constants=(1,)),
    case("pad_cut", "Pad", [real(4, 5), i64([-1, 2, 0, -2])], constants=(1,)),
    case("pad_edge_cut", "Pad", [real(4, 5), i64([-1, 2, 3, -2])], constants=(1,), mode="edge"),
    case("pad_reflect_cut", "Pad", [real(4, 6), i64([-1, 2, 1, -2])], constants=(1,), mode="reflect"),
    case("pad_reflect", "Pad", [real(2, 3, 4), i64([0, 1, 3, 1, 2, 2])], constants=(1,), mode="reflect"),
    case("pad_edge", "Pad", [real(3, 4), i64([2, 1, 0, 3])], constants=(1,), mode="edge"),
    case("pad_axes", "Pad", [real(2, 3, 4), i64([1, 2, 3, 0]), f32(9), i64([2, -2])], opset=18, constants=(1, 2, 3)),
    case("pad_u8", "Pad", [u8(2, 2), i64([1, 1, 0, 0]), np.uint8(7)], constants=(1, 2)),
    case("pad_i64_edge", "Pad", [i64([1, 2, 3]), i64([2, 1])], constants=(1,), mode="edge"),
]

CASES = RESHAPES + REPEATS + JOINS + SLICES + PADS
