# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Reductions over axes."""
import numpy as np

from operator_cases.case import case, f32, i64, real

X = real(2, 3, 4)
POSITIVE = real(2, 3, 4, low=0.1)
KINDS = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"]
WIDE = np.int32([[3, -4, 12], [5, 6, 7]])

CASES = [
    *(case(f"{kind.lower()}_attribute", f"Reduce{kind}", [POSITIVE], opset=11, axes=[1, -1], tolerance=1e-6)
      for kind in KINDS),
    *(case(f"{kind.lower()}_dropped", f"Reduce{kind}", [POSITIVE], opset=9, axes=[1], keepdims=0, tolerance=1e-6)
      for kind in KINDS),
    *(case(f"{kind.lower()}_all", f"Reduce{kind}", [POSITIVE], opset=13, tolerance=1e-6) for kind in KINDS),
    *(case(f"{kind.lower()}_input", f"Reduce{kind}", [POSITIVE, i64([-1, 0])], opset=18, constants=(1,), keepdims=0,
           tolerance=1e-6)
      for kind in KINDS),
    *(case(f"{kind.lower()}_noop", f"Reduce{kind}", [POSITIVE], opset=18, noop_with_empty_axes=1, tolerance=1e-6)
      for kind in ("Sum", "Mean", "Max", "Min", "Prod")),
    *(case(f"{kind.lower()}_i32", f"Reduce{kind}", [WIDE], opset=13 if kind != "Sum" else 12, axes=[1], tolerance=0)
      for kind in ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare")),
    case("sum_input_13", "ReduceSum", [X, i64([1])], opset=13, constants=(1,), tolerance=1e-6),
    case("sum_empty_axes", "ReduceSum", [X, i64([])], opset=13, constants=(1,), tolerance=1e-6),
    case("sum_noop_13", "ReduceSum", [X, i64([])], opset=13, constants=(1,), noop_with_empty_axes=1, tolerance=1e-6),
    case("sum_i64", "ReduceSum", [i64([[1, 2], [3, 2 ** 40]]), i64([0])], opset=13, constants=(1,), tolerance=0),
    case("sum_of_nothing", "ReduceSum", [real(2, 0, 3), i64([1])], opset=13, constants=(1,), tolerance=0),
    case("max_u8", "ReduceMax", [np.uint8([[3, 200], [7, 9]])], opset=12, axes=[1], tolerance=0),
    case("min_i8", "ReduceMin", [np.int8([[3, -100], [7, 9]])], opset=12, axes=[1], tolerance=0),
    case("pool", "ReduceMean", [real(2, 3, 5, 5)], opset=13, axes=[2, 3], tolerance=1e-6),
    case("pool_channels_last", "ReduceMean", [real(2, 5, 5, 3)], opset=13, axes=[1, 2], keepdims=0, tolerance=1e-6),
    case("scalar", "ReduceSum", [f32(3)], opset=13, tolerance=0),
    case("signed_l1", "ReduceL1", [X], axes=[0], tolerance=1e-6),
    case("signed_l2", "ReduceL2", [X], axes=[2], tolerance=1e-6),
    case("log_sum_exp_large", "ReduceLogSumExp", [f32([[1000, 1001], [-1000, -1001]])], axes=[1], tolerance=1e-6),
    case("normalize_l2", "LpNormalization", [X], axis=1, tolerance=1e-6),
    case("normalize_l1", "LpNormalization", [X], p=1, tolerance=1e-6),
    case("normalize_zeros", "LpNormalization", [f32([[0, 0], [3, 4]])], opset=9, tolerance=1e-6),
]
