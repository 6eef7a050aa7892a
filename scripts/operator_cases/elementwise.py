# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Operators that compute each value by itself: activations, functions, casts, arithmetic and comparisons with broadcasting."""
import numpy as np

from operator_cases.case import case, f32, i64, real, whole

SPECIAL = f32([-np.inf, -2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, 3.49, np.inf, np.nan])
STEPS = f32([-100, -20, -3.2, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 3.2, 20, 100])
I32 = np.int32
EXACT = 0
CLOSE = 1e-6


def truth(*shape):
    return lambda generator: generator.integers(0, 2, shape).astype(bool)


ACTIVATIONS = [
    case("relu", "Relu", [STEPS], tolerance=EXACT),
    case("relu_i32", "Relu", [I32([-3, 0, 7])], opset=14, tolerance=EXACT),
    case("leaky_relu", "LeakyRelu", [STEPS], tolerance=CLOSE),
    case("leaky_relu_alpha", "LeakyRelu", [STEPS], opset=16, alpha=0.3, tolerance=CLOSE),
    case("prelu_channels", "PRelu", [real(2, 3, 4, 5), real(3, 1, 1)], tolerance=CLOSE),
    case("prelu_one", "PRelu", [real(2, 3), f32([0.25])], opset=9, tolerance=CLOSE),
    case("prelu_last", "PRelu", [real(2, 3, 4), real(4)], opset=16, tolerance=CLOSE),
    case("elu", "Elu", [STEPS]),
    case("elu_alpha", "Elu", [STEPS], alpha=0.7),
    case("selu", "Selu", [STEPS]),
    case("selu_parameters", "Selu", [STEPS], alpha=1.5, gamma=2.0),
    case("celu", "Celu", [STEPS], alpha=2.0),
    case("thresholded_relu", "ThresholdedRelu", [STEPS], opset=10, tolerance=EXACT),
    case("thresholded_relu_alpha", "ThresholdedRelu", [STEPS], alpha=0.4, tolerance=EXACT),
    case("sigmoid", "Sigmoid", [STEPS]),
    case("hard_sigmoid", "HardSigmoid", [STEPS], tolerance=CLOSE),
    case("hard_sigmoid_mobilenet", "HardSigmoid", [STEPS], alpha=1 / 6, beta=0.5, tolerance=CLOSE),
    case("hard_swish", "HardSwish", [STEPS], opset=14, tolerance=CLOSE),
    case("mish", "Mish", [STEPS], opset=18),
    case("softplus", "Softplus", [STEPS]),
    case("softsign", "Softsign", [STEPS], tolerance=CLOSE),
    case("clip_attributes", "Clip", [STEPS], opset=9, min=-1.0, max=6.0, tolerance=EXACT),
    case("clip_attribute_min", "Clip", [STEPS], opset=10, min=0.0, tolerance=EXACT),
    case("clip_inputs", "Clip", [STEPS, f32(0), f32(6)], opset=11, constants=(1, 2), tolerance=EXACT),
    case("clip_max_alone", "Clip", [STEPS, None, f32(2)], opset=13, constants=(2,), tolerance=EXACT),
    case("clip_none", "Clip", [STEPS], opset=13, tolerance=EXACT),
    case("clip_crossed", "Clip", [STEPS, f32(2), f32(-1)], opset=13, tolerance=EXACT),
    case("clip_i32", "Clip", [I32([-9, 0, 9]), I32(-2), I32(3)], opset=12, tolerance=EXACT),
    case("clip_u8", "Clip", [np.uint8([0, 100, 255]), np.uint8(9), np.uint8(200)], opset=12, tolerance=EXACT),
]

FUNCTIONS = [
    case("exp", "Exp", [real(3, 5, low=-4, high=4)]),
    case("log", "Log", [real(3, 5, low=1e-3, high=9)]),
    case("log_special", "Log", [SPECIAL]),
    case("sqrt", "Sqrt", [real(3, 5, low=0, high=9)], tolerance=CLOSE),
    case("reciprocal", "Reciprocal", [f32([-2, -0.0, 0.0, 3, np.inf])], tolerance=CLOSE),
    case("floor", "Floor", [SPECIAL], tolerance=EXACT),
    case("ceil", "Ceil", [SPECIAL], tolerance=EXACT),
    case("round_half_to_even", "Round", [SPECIAL], tolerance=EXACT),
    case("erf", "Erf", [STEPS]),
    case("sin", "Sin", [real(9, low=-7, high=7)]),
    case("cos", "Cos", [real(9, low=-7, high=7)]),
    case("tan", "Tan", [real(9)]),
    case("asin", "Asin", [real(9)]),
    case("acos", "Acos", [real(9)]),
    case("atan", "Atan", [STEPS]),
    case("sinh", "Sinh", [real(9, low=-4, high=4)]),
    case("cosh", "Cosh", [real(9, low=-4, high=4)]),
    case("tanh", "Tanh", [STEPS]),
    case("abs", "Abs", [SPECIAL], tolerance=EXACT),
    case("abs_i64", "Abs", [i64([-3, 0, 5])], tolerance=EXACT),
    case("neg", "Neg", [SPECIAL], tolerance=EXACT),
    case("neg_i32", "Neg", [I32([-3, 0, 5, -2147483648])], tolerance=EXACT),
    case("sign", "Sign", [f32([-3, -0.0, 0, 2])], tolerance=EXACT),
    case("sign_i64", "Sign", [i64([-3, 0, 2])], tolerance=EXACT),
    case("not", "Not", [truth(2, 3)], tolerance=EXACT),
    case("is_nan", "IsNaN", [SPECIAL], tolerance=EXACT),
    case("is_inf", "IsInf", [SPECIAL], tolerance=EXACT),
    case("is_inf_negative", "IsInf", [SPECIAL], opset=10, detect_positive=0, tolerance=EXACT),
    case("identity_u8", "Identity", [np.uint8([1, 2])], tolerance=EXACT),
    case("dropout_9", "Dropout", [real(2, 3)], opset=9, ratio=0.3, tolerance=EXACT),
    case("dropout_9_mask", "Dropout", [real(2, 3)], opset=9, outputs=2, tolerance=EXACT),
    case("dropout_mask", "Dropout", [real(2, 3)], opset=10, outputs=2, tolerance=EXACT),
    case("dropout_inputs", "Dropout", [real(2, 3), f32(0.4), np.bool_(False)], opset=13, constants=(1, 2), outputs=2,
         tolerance=EXACT),
]

CASTED = f32([-129, -2.7, -1, -0.3, 0, 0.3, 1, 2.7, 127.9, 255, 300])
CASTS = [
    *(case(f"cast_f32_{name}", "Cast", [CASTED], to=to, tolerance=EXACT)
      for name, to in (("i8", 3), ("i32", 6), ("i64", 7), ("boolean", 9))),
    case("cast_f32_u8", "Cast", [f32([0, 0.9, 1, 254.9, 255])], to=2, tolerance=EXACT),
    case("cast_f32_u64", "Cast", [f32([0, 1.5, 2 ** 40])], to=13, tolerance=EXACT),
    case("cast_boolean_f32", "Cast", [truth(7)], opset=9, to=1, tolerance=EXACT),
    case("cast_i64_i32", "Cast", [i64([-1, 2 ** 33 + 5, 7])], to=6, tolerance=EXACT),
    case("cast_i32_u8", "Cast", [I32([-1, 0, 257])], to=2, tolerance=EXACT),
    case("cast_u8_f32", "Cast", [np.uint8([0, 200])], to=1, tolerance=EXACT),
    case("cast_i64_boolean", "Cast", [i64([-2, 0, 1])], to=9, tolerance=EXACT),
    case("cast_u32_i16", "Cast", [np.uint32([0, 70000])], to=5, tolerance=EXACT),
    case("cast_like", "CastLike", [CASTED, I32([0])], opset=15, tolerance=EXACT),
]

ARITHMETIC = [
    case("add_same", "Add", [real(2, 3, 4), real(2, 3, 4)], tolerance=CLOSE),
    case("add_scalar", "Add", [real(2, 3), f32(0.5)], opset=9, tolerance=CLOSE),
    case("add_channels", "Add", [real(2, 3, 4, 5), real(1, 3, 1, 1)], opset=14, tolerance=CLOSE),
    case("add_left_smaller", "Add", [real(4), real(2, 3, 4)], tolerance=CLOSE),
    case("add_both_repeat", "Add", [real(3, 1, 4), real(2, 1, 5, 1)], tolerance=CLOSE),
    case("add_empty", "Add", [real(0, 3), real(1, 3)], tolerance=CLOSE),
    case("add_i64", "Add", [i64([1, -2]), i64([[5], [2 ** 62]])], tolerance=EXACT),
    case("sub", "Sub", [real(2, 3), real(3)], tolerance=CLOSE),
    case("sub_from_scalar", "Sub", [f32(1), real(2, 3)], tolerance=CLOSE),
    case("sub_i32", "Sub", [I32([1, 2]), I32([5, -2])], tolerance=EXACT),
    case("mul", "Mul", [real(2, 3, 4), real(2, 3, 1)], tolerance=CLOSE),
    case("mul_i32_wraps", "Mul", [I32([2 ** 20, -3]), I32([2 ** 13, 5])], tolerance=EXACT),
    case("div", "Div", [real(2, 3), real(2, 3, low=0.5)], tolerance=CLOSE),
    case("div_by_zero", "Div", [f32([-1, 0, 1]), f32([0, 0, 0])]),
    case("div_i32", "Div", [I32([-7, 7, -7, 7]), I32([2, 2, -2, -2])], tolerance=EXACT),
    case("div_i64", "Div", [i64([-7, 7, 9]), i64(2)], tolerance=EXACT),
    case("mod_i32", "Mod", [I32([-4, 7, 5, 4, -7, 8]), I32([2, -3, 8, -2, 3, 5])], opset=10, tolerance=EXACT),
    case("mod_i64_fmod", "Mod", [i64([-4, 7, 5, 4, -7, 8]), i64([2, -3, 8, -2, 3, 5])], fmod=1, tolerance=EXACT),
    case("mod_f32", "Mod", [f32([-4.3, 7.2, 5.0]), f32([2.1, -3.4, 8.0])], fmod=1, tolerance=CLOSE),
    case("mod_u8", "Mod", [np.uint8([7, 200]), np.uint8([4, 6])], tolerance=EXACT),
    case("pow_square", "Pow", [real(2, 3), f32(2)], opset=9, tolerance=CLOSE),
    case("pow_mixed", "Pow", [real(2, 3, low=0.1), real(3, low=-2, high=3)]),
    case("pow_root_of_negative", "Pow", [f32([-2, -2, 0]), f32([0.5, 3, 0])]),
    case("pow_i64_exponent", "Pow", [real(2, 3), i64([0, 1, 3])], opset=12),
    case("pow_i32", "Pow", [I32([2, -3, 5]), I32([10, 3, 0])], opset=12, tolerance=EXACT),
    case("pow_i64_f32", "Pow", [i64([2, 3]), f32([3, 2])], opset=15, tolerance=EXACT),
    case("min_three", "Min", [real(2, 3), real(3), real(2, 1)], opset=9, tolerance=EXACT),
    case("min_nan", "Min", [f32([1, np.nan, 2]), f32([np.nan, 1, 3])], tolerance=EXACT),
    case("min_i64", "Min", [i64([1, -5]), i64([0, 0])], opset=12, tolerance=EXACT),
    case("max_one", "Max", [real(2, 3)], opset=9, tolerance=EXACT),
    case("max_scalar", "Max", [real(2, 3), f32(0)], tolerance=EXACT),
    case("max_nan", "Max", [f32([1, np.nan, 2]), f32([np.nan, 1, 3])], tolerance=EXACT),
    case("max_i32", "Max", [I32([1, -5]), I32([[0], [2]])], opset=12, tolerance=EXACT),
    case("sum_three", "Sum", [real(2, 3), real(3), real(4, 1, 1)], tolerance=CLOSE),
    case("mean_three", "Mean", [real(2, 3), real(3), real(2, 1)], tolerance=CLOSE),
]

COMPARISONS = [
    case("equal_i64", "Equal", [i64([1, 2, 3]), i64([[1], [3]])], opset=9, tolerance=EXACT),
    case("equal_f32", "Equal", [f32([1, np.nan, 0.0]), f32([1, np.nan, -0.0])], opset=11, tolerance=EXACT),
    case("equal_boolean", "Equal", [truth(4), truth(4)], tolerance=EXACT),
    case("greater", "Greater", [real(2, 3), real(3)], opset=9, tolerance=EXACT),
    case("greater_i32", "Greater", [I32([1, 2, 3]), I32(2)], tolerance=EXACT),
    case("greater_or_equal", "GreaterOrEqual", [f32([1, 2, np.nan]), f32([2, 2, 2])], tolerance=EXACT),
    case("less", "Less", [real(3, 1), real(1, 4)], tolerance=EXACT),
    case("less_i64", "Less", [i64(2), i64([1, 2, 3])], tolerance=EXACT),
    case("less_or_equal", "LessOrEqual", [f32([1, 2, 3]), f32([2, 2, 2])], opset=16, tolerance=EXACT),
    case("and", "And", [truth(2, 4), truth(4)], tolerance=EXACT),
    case("or", "Or", [truth(2, 4), truth(2, 1)], tolerance=EXACT),
    case("xor", "Xor", [truth(2, 4), truth(2, 4)], tolerance=EXACT),
    case("shift_left_u8", "BitShift", [np.uint8([1, 200, 3]), np.uint8([1, 2, 7])], direction="LEFT", tolerance=EXACT),
    case("shift_right_u32", "BitShift", [np.uint32([16, 7]), np.uint32([1])], direction="RIGHT", tolerance=EXACT),
    case("where", "Where", [truth(2, 3), real(2, 3), real(2, 3)], opset=9, tolerance=EXACT),
    case("where_broadcast", "Where", [truth(3, 1), real(2, 1, 4), f32(-1)], opset=16, tolerance=EXACT),
    case("where_i64", "Where", [truth(4), i64([1, 2, 3, 4]), i64([0])], tolerance=EXACT),
    case("where_u8", "Where", [truth(2, 1), whole(2, 3, low=0, high=255, dtype=np.uint8), np.uint8([7])], tolerance=EXACT),
]

CASES = ACTIVATIONS + FUNCTIONS + CASTS + ARITHMETIC + COMPARISONS
