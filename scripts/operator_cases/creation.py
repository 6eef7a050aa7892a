# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Operators that make values out of shapes and numbers."""
import numpy as np

from operator_cases.case import case as any_case
from operator_cases.case import f32, i64, real


def case(name, op, inputs, **options):
    return any_case(name, op, inputs, tolerance=0, **options)


CASES = [
    case("shape", "Shape", [real(2, 3, 4)], opset=9),
    case("shape_start", "Shape", [real(2, 3, 4)], opset=15, start=1),
    case("shape_end", "Shape", [real(2, 3, 4)], opset=15, start=-3, end=-1),
    case("shape_beyond", "Shape", [real(2, 3, 4)], opset=15, start=-9, end=9),
    case("shape_crossed", "Shape", [real(2, 3, 4)], opset=15, start=2, end=1),
    case("shape_scalar", "Shape", [f32(1)]),
    case("size", "Size", [real(2, 3, 4)]),
    case("size_empty", "Size", [real(2, 0)]),
    case("zeros_of_shape", "ConstantOfShape", [i64([2, 3])], opset=9, constants=(0,)),
    case("ones_of_shape", "ConstantOfShape", [i64([2, 0, 3])], constants=(0,), value=f32([1])),
    case("i64_of_shape", "ConstantOfShape", [i64([3])], constants=(0,), value=i64([-7])),
    case("boolean_scalar_of_shape", "ConstantOfShape", [i64([])], constants=(0,), value=np.array([True])),
    case("range_f32", "Range", [f32(1), f32(10), f32(2.5)], opset=11, constants=(0, 1, 2)),
    case("range_f32_down", "Range", [f32(3), f32(-1), f32(-0.75)], constants=(0, 1, 2)),
    case("range_i64", "Range", [i64(-4), i64(9), i64(3)], constants=(0, 1, 2)),
    case("range_i32_down", "Range", [np.int32(10), np.int32(4), np.int32(-2)], constants=(0, 1, 2)),
    case("range_empty", "Range", [i64(5), i64(1), i64(1)], constants=(0, 1, 2)),
    case("eye", "EyeLike", [real(3, 4)]),
    case("eye_above_i64", "EyeLike", [real(3, 4)], k=2, dtype=7),
    case("eye_below", "EyeLike", [np.int32([[1, 2], [3, 4], [5, 6]])], k=-1),
]
