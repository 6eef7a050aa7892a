# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Operators that read or write at places that other values name."""
import numpy as np

from operator_cases.case import case as any_case
from operator_cases.case import f32, i64, real, u8, whole


def case(name, op, inputs, tolerance=0, **options):
    return any_case(name, op, inputs, tolerance=tolerance, **options)


GATHERS = [
    case("gather_rows", "Gather", [real(5, 3), i64([[0, 4], [2, 2]])], opset=9),
    case("gather_columns_negative", "Gather", [real(2, 5, 2), i64([-1, 0, 3])], opset=11, axis=1),
    case("gather_scalar", "Gather", [real(3, 4), i64(1)], axis=-1),
    case("gather_i32_of_i64", "Gather", [i64([2, 3, 112, 112]), np.int32([2, 3])]),
    case("gather_u8", "Gather", [u8(3, 2), i64([2, 0])]),
    case("gather_elements", "GatherElements", [real(3, 4), i64([[0, 1, 2, 0], [2, -1, 0, 1]])], opset=11, axis=0),
    case("gather_elements_columns", "GatherElements", [real(3, 4), i64([[3, 0], [1, 1], [-4, 2]])], axis=1),
    case("gather_nd", "GatherND", [real(2, 3, 4), i64([[0, 1], [1, -1]])], opset=11),
    case("gather_nd_full", "GatherND", [real(2, 3), i64([[[0, 0]], [[1, 2]]])]),
    case("gather_nd_batch", "GatherND", [real(2, 3, 4), i64([[1], [0]])], opset=12, batch_dims=1),
    case("gather_nd_batch_u8", "GatherND", [u8(2, 2, 3), i64([[[1, 0]], [[0, 2]]])], batch_dims=1),
]

SCATTERS = [
    case("scatter_9", "Scatter", [real(3, 3), i64([[1, 0, 2]]), f32([[9, 8, 7]])], opset=9),
    case("scatter_elements", "ScatterElements", [real(3, 3), i64([[1, 0, 2], [0, 2, 1]]), real(2, 3)], opset=11),
    case("scatter_elements_axis", "ScatterElements", [real(2, 5), i64([[1, -2]]), real(1, 2)], axis=1),
    case("scatter_elements_add", "ScatterElements", [real(2, 4), i64([[1, 1], [0, 3]]), real(2, 2)], opset=16, axis=1,
         reduction="add", tolerance=1e-6),
    case("scatter_elements_mul", "ScatterElements", [real(4), i64([1, 1, 3]), real(3)], opset=16, reduction="mul",
         tolerance=1e-6),
    case("scatter_elements_max", "ScatterElements", [real(4), i64([1, 1, 3]), real(3)], opset=18, reduction="max"),
    case("scatter_elements_min_i64", "ScatterElements", [i64([5, 6, 7]), i64([2, 0]), i64([1, 9])], opset=18, reduction="min"),
    case("scatter_nd", "ScatterND", [real(4, 3), i64([[1], [3]]), real(2, 3)], opset=11),
    case("scatter_nd_elements", "ScatterND", [real(4, 3), i64([[1, 2], [-1, 0]]), real(2)], opset=13),
    case("scatter_nd_add", "ScatterND", [real(4, 3), i64([[1], [1]]), real(2, 3)], opset=16, reduction="add", tolerance=1e-6),
    case("scatter_nd_max", "ScatterND", [real(4), i64([[1], [1]]), real(2)], opset=18, reduction="max"),
    case("scatter_nd_i64", "ScatterND", [i64([1, 2, 3, 4]), i64([[2]]), i64([[9]]).reshape(1)], opset=13),
]

SELECTIONS = [
    case("top_k_attribute", "TopK", [real(3, 6)], opset=9, k=2, outputs=2),
    case("top_k_input", "TopK", [real(3, 6), i64([4])], opset=10, constants=(1,), axis=1, outputs=2),
    case("top_k_smallest", "TopK", [real(4, 3, 2), i64([2])], opset=11, constants=(1,), axis=0, largest=0, outputs=2),
    case("top_k_ties", "TopK", [f32([1, 3, 3, 2, 3, 1]), i64([4])], constants=(1,), outputs=2),
    case("top_k_i64", "TopK", [i64([[4, -9, 7], [7, 7, 1]]), i64([2])], constants=(1,), outputs=2),
    case("top_k_none", "TopK", [real(2, 3), i64([0])], constants=(1,), outputs=2),
    case("arg_max", "ArgMax", [real(3, 4)], opset=9),
    case("arg_max_classes", "ArgMax", [real(2, 7)], axis=-1, keepdims=0),
    case("arg_max_first", "ArgMax", [f32([[1, 5, 5], [2, 2, 2]])], axis=1),
    case("arg_max_last", "ArgMax", [f32([[1, 5, 5], [2, 2, 2]])], axis=1, select_last_index=1),
    case("arg_min_i32", "ArgMin", [np.int32([[4, -9, 7], [7, 7, 1]])], axis=0, keepdims=0),
    case("arg_min_middle", "ArgMin", [real(2, 3, 4)], opset=11, axis=1),
    case("one_hot", "OneHot", [i64([0, 2, -1, 7, -5]), i64(4), f32([0, 1])], opset=9, constants=(1,)),
    case("one_hot_axis", "OneHot", [i64([[1, 0], [2, 2]]), i64([3]), f32([-1, 5])], opset=11, constants=(1,), axis=1),
    case("one_hot_i64_values", "OneHot", [i64([1, 2]), i64(3), i64([4, 5])], constants=(1,), axis=0),
    case("one_hot_f32", "OneHot", [f32([0, 1]), f32(3), f32([0, 1])], constants=(1,)),
    case("cum_sum", "CumSum", [real(3, 4), np.int32(1)], opset=11, tolerance=1e-6),
    case("cum_sum_exclusive", "CumSum", [real(3, 4), i64(0)], opset=14, exclusive=1, tolerance=1e-6),
    case("cum_sum_reverse", "CumSum", [real(2, 3, 2), i64(-2)], reverse=1, tolerance=1e-6),
    case("cum_sum_both_i64", "CumSum", [i64([1, 2, 3]), i64(0)], reverse=1, exclusive=1),
    case("trilu_upper", "Trilu", [real(2, 3, 4)], opset=14),
    case("trilu_lower", "Trilu", [real(3, 4), i64(1)], opset=14, constants=(1,), upper=0),
    case("trilu_i64_far", "Trilu", [whole(3, 3, low=1, high=9, dtype=np.int64), i64(-7)], opset=14, constants=(1,)),
]

BOXES = f32([[[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [1, 11.1, 0, 10.1], [0, 100, 1, 101]]])
SCORES = f32([[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3], [0.1, 0.8, 0.8, 0.2, 0.7, 0.05]]])
CENTERS = f32([[[0.5, 0.5, 1, 1], [0.5, 0.6, 1, 1], [0.5, 10.5, 1, 1], [0.5, 10.6, 1, 1]]])
DETECTIONS = [
    case("suppress", "NonMaxSuppression", [BOXES, SCORES, i64([3]), f32([0.5]), f32([0.0])], opset=10, constants=range(5)),
    case("suppress_scores", "NonMaxSuppression", [BOXES, SCORES, i64([2]), f32([0.5]), f32([0.4])], opset=11, constants=range(5)),
    case("suppress_without_thresholds", "NonMaxSuppression", [BOXES, SCORES, i64([9])], opset=11, constants=range(3)),
    case("suppress_all", "NonMaxSuppression", [BOXES, SCORES], opset=11, constants=range(2)),
    case("suppress_centers", "NonMaxSuppression", [CENTERS, f32([[[0.9, 0.8, 0.7, 0.95]]]), i64([9]), f32([0.5])], opset=11,
         constants=range(4), center_point_box=1),
    case("non_zero", "NonZero", [f32([[1, 0, 2], [0, 0, 3]])], opset=9, constants=(0,)),
    case("non_zero_boolean", "NonZero", [np.array([True, False, True])], constants=(0,)),
    case("non_zero_scalar", "NonZero", [i64(5)], constants=(0,)),
]

CASES = GATHERS + SCATTERS + SELECTIONS + DETECTIONS
