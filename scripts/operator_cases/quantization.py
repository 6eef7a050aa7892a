# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Quantised operators of ONNX and of ONNX Runtime's domain."""
import numpy as np

from operator_cases.case import case, f32, i8, real, u8, whole


def a_u8(value):
    return np.asarray(value, np.uint8)


def a_i8(value):
    return np.asarray(value, np.int8)


def i32(*shape, low, high):
    return whole(*shape, low=low, high=high, dtype=np.int32)


def exact(name, op, inputs, **more):
    return case(name, op, inputs, tolerance=0, **more)


def microsoft(name, op, inputs, **more):
    return exact(name, op, inputs, domain="com.microsoft", **more)


TIES = f32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 200.5, 300, -300, 0])
QX = [u8(1, 4, 5, 5), f32(0.02), a_u8(120)]
QY = [f32(0.05), a_u8(130)]


def qconv(name, w, x=None, y=None, bias=None, w_scale=f32(0.01), w_zero=a_i8(0), **more):
    return exact(name, "QLinearConv", (x or QX) + [w, w_scale, w_zero] + (y or QY) + ([] if bias is None else [bias]),
                 **{"opset": 10, **more})


def qmatmul(name, a, b, b_scale=f32(0.01), b_zero=a_u8(110), **more):
    inputs = [a, f32(0.02), a_u8(120), b, b_scale, b_zero, f32(0.03), a_u8(100)]
    return exact(name, "QLinearMatMul", inputs, **{"opset": 10, **more})


def qgemm(name, a, b, b_scale=f32(0.01), b_zero=a_i8(0), c=None, y=None, **more):
    inputs = [a, f32(0.02), a_u8(120), b, b_scale, b_zero, c] + (y or [f32(0.03), a_u8(100)])
    return microsoft(name, "QGemm", inputs, **more)


def binary(name, op, a, b, **more):
    zero = a_i8 if "i8" in name else a_u8
    return microsoft(name, op, [a, f32(0.021), zero(20), b, f32(0.013), zero(30), f32(0.037), zero(10)], **more)


CASES = [
    exact("quantize_u8", "QuantizeLinear", [real(3, 7, low=-3, high=3), f32(0.02), a_u8(128)], opset=10),
    exact("quantize_i8", "QuantizeLinear", [real(3, 7, low=-3, high=3), f32(0.02), a_i8(-5)], opset=10),
    exact("quantize_default_zero", "QuantizeLinear", [real(3, 7, low=-3, high=3), f32(0.02)], opset=10),
    exact("quantize_ties", "QuantizeLinear", [TIES, f32(1), a_u8(3)], opset=13),
    exact("quantize_ties_i8", "QuantizeLinear", [TIES, f32(1), a_i8(-4)], opset=13),
    exact("quantize_axis", "QuantizeLinear", [real(2, 3, 4), f32([0.01, 0.02, 0.004]), a_u8([0, 128, 7])]),
    exact("quantize_axis0_i8", "QuantizeLinear", [real(3, 4), f32([0.01, 0.02, 0.004]), a_i8([0, 3, -7])], axis=0),
    exact("quantize_axis_last", "QuantizeLinear", [real(2, 4, 3), f32([0.01, 0.02, 0.004]), a_i8([0, 3, -7])], axis=-1),
    exact("quantize_one_element_scale", "QuantizeLinear", [real(2, 4, 3), f32([0.01]), a_i8([2])]),
    case("dequantize_u8", "DequantizeLinear", [u8(3, 7), f32(0.02), a_u8(128)], opset=10),
    case("dequantize_i8", "DequantizeLinear", [i8(3, 7), f32(0.02), a_i8(-3)], opset=10),
    case("dequantize_no_zero", "DequantizeLinear", [u8(3, 7), f32(0.02)], opset=10),
    case("dequantize_i32", "DequantizeLinear", [i32(9, low=-100000, high=100000), f32(0.002)], opset=13),
    case("dequantize_axis", "DequantizeLinear", [u8(2, 3, 4), f32([0.01, 0.02, 0.004]), a_u8([0, 128, 7])]),
    case("dequantize_axis0_i8", "DequantizeLinear", [i8(3, 4), f32([0.01, 0.02, 0.004]), a_i8([0, 3, -7])], axis=0),
    case("dequantize_axis_last", "DequantizeLinear", [i8(2, 4, 3), f32([0.01, 0.02, 0.004]), a_i8([0, 3, -7])], axis=-1),
    exact("dynamic_quantize", "DynamicQuantizeLinear", [real(3, 9, low=-2, high=5)], opset=11, outputs=3),
    exact("dynamic_quantize_positive", "DynamicQuantizeLinear", [real(3, 9, low=1, high=5)], opset=11, outputs=3),
    exact("dynamic_quantize_negative", "DynamicQuantizeLinear", [real(3, 9, low=-5, high=-1)], opset=13, outputs=3),
    exact("dynamic_quantize_zeros", "DynamicQuantizeLinear", [f32(np.zeros((2, 3)))], opset=11, outputs=3),
    qconv("qconv_plain", i8(3, 4, 3, 3)),
    qconv("qconv_bias", i8(3, 4, 3, 3), bias=i32(3, low=-9000, high=9000)),
    qconv("qconv_per_channel", i8(3, 4, 3, 3), w_scale=f32([0.01, 0.002, 0.03]), w_zero=a_i8([0, 0, 0]), pads=[1, 1, 1, 1]),
    qconv("qconv_u8_weights", u8(3, 4, 3, 3), w_zero=a_u8(127), bias=i32(3, low=-9000, high=9000), strides=[2, 2]),
    qconv("qconv_depthwise", i8(4, 1, 3, 3), w_scale=f32([0.01, 0.02, 0.03, 0.04]), w_zero=a_i8([0, 0, 0, 0]), group=4,
          pads=[1, 1, 1, 1]),
    qconv("qconv_groups_dilation", i8(4, 2, 2, 2), group=2, dilations=[2, 2], auto_pad="NOTSET"),
    qconv("qconv_i8", i8(3, 4, 3, 3), x=[i8(1, 4, 5, 5), f32(0.02), a_i8(-7)], y=[f32(0.05), a_i8(4)], pads=[1, 1, 1, 1],
          opset=13),
    qconv("qconv_same", i8(3, 4, 2, 2), auto_pad="SAME_UPPER", strides=[2, 2]),
    qconv("qconv_1d", i8(3, 2, 3), x=[u8(2, 2, 9), f32(0.02), a_u8(120)], pads=[1, 1]),
    exact("conv_integer", "ConvInteger", [u8(1, 2, 5, 5), u8(3, 2, 3, 3), a_u8(100), a_u8(120)], opset=10, pads=[1, 1, 1, 1]),
    exact("conv_integer_no_zeros", "ConvInteger", [u8(1, 2, 5, 5), u8(3, 2, 3, 3)], opset=10, strides=[2, 2]),
    exact("conv_integer_i8_weights", "ConvInteger", [u8(1, 4, 5, 5), i8(4, 2, 2, 2), a_u8(3)], opset=13, group=2),
    qmatmul("qmatmul", u8(3, 4), u8(4, 5)),
    qmatmul("qmatmul_stack", u8(2, 3, 4), u8(2, 4, 5), opset=13),
    qmatmul("qmatmul_i8_per_column", u8(3, 4), i8(4, 3), f32([0.01, 0.02, 0.005]), a_i8([0, 0, 0])),
    qgemm("qgemm", u8(3, 4), i8(4, 5)),
    qgemm("qgemm_bias", u8(3, 4), i8(5, 4), c=i32(5, low=-9000, high=9000), transB=1),
    qgemm("qgemm_per_column", u8(3, 4), i8(3, 4), f32([0.01, 0.02, 0.005]), a_i8([0, 0, 0]), i32(3, low=-9000, high=9000), transB=1),
    qgemm("qgemm_matrix_c", u8(4, 3), i8(4, 5), c=i32(3, 5, low=-9000, high=9000), transA=1, alpha=0.7),
    case("qgemm_floats", "QGemm", [u8(3, 4), f32(0.02), a_u8(120), i8(5, 4), f32(0.01), a_i8(0), i32(5, low=-9000, high=9000)],
         domain="com.microsoft", transB=1),
    exact("matmul_integer", "MatMulInteger", [u8(3, 4), u8(4, 5), a_u8(100), a_u8(120)], opset=10),
    exact("matmul_integer_no_zeros", "MatMulInteger", [u8(2, 3, 4), i8(4, 5)], opset=10),
    exact("matmul_integer_i8", "MatMulInteger", [u8(3, 4), i8(4, 5), a_u8(9), a_i8(-3)], opset=13),
    exact("matmul_integer_per_column", "MatMulInteger", [u8(3, 4), i8(4, 3), a_u8(9), a_i8([-3, 0, 5])], opset=13),
    binary("qadd_u8", "QLinearAdd", u8(2, 3, 4), u8(2, 3, 4)),
    binary("qadd_i8", "QLinearAdd", i8(2, 3, 4), i8(2, 3, 4)),
    binary("qadd_u8_broadcast", "QLinearAdd", u8(2, 3, 4), u8(3, 1)),
    binary("qadd_u8_scalar", "QLinearAdd", u8(2, 3, 4), u8(1)),
    microsoft("qadd_saturates", "QLinearAdd", [u8(5, 9), f32(0.3), a_u8(0), u8(5, 9), f32(0.3), a_u8(200), f32(0.1), a_u8(9)]),
    binary("qmul_u8", "QLinearMul", u8(2, 3, 4), u8(2, 3, 4)),
    binary("qmul_i8_broadcast", "QLinearMul", i8(2, 3, 4), i8(4)),
    microsoft("qglobal_average", "QLinearGlobalAveragePool", [u8(2, 3, 4, 5), f32(0.02), a_u8(110), f32(0.01), a_u8(100)]),
    microsoft("qglobal_average_i8", "QLinearGlobalAveragePool", [i8(2, 3, 7, 7), f32(0.02), a_i8(-5), f32(0.003), a_i8(7)]),
    microsoft("qglobal_average_last", "QLinearGlobalAveragePool", [u8(2, 4, 5, 3), f32(0.02), a_u8(110), f32(0.01), a_u8(100)],
              channels_last=1),
    microsoft("qsigmoid", "QLinearSigmoid", [u8(5, 40), f32(0.05), a_u8(128), f32(1 / 256), a_u8(0)]),
    microsoft("qleaky_relu", "QLinearLeakyRelu", [i8(5, 40), f32(0.05), a_i8(8), f32(0.04), a_i8(-20)], alpha=0.1),
    microsoft("qconcat", "QLinearConcat",
              [f32(0.03), a_u8(90), u8(2, 2, 3), f32(0.02), a_u8(80), u8(2, 4, 3), f32(0.05), a_u8(120)], axis=1),
    microsoft("qconcat_last", "QLinearConcat", [f32(0.03), a_i8(9), i8(2, 2), f32(0.03), a_i8(9), i8(2, 1), f32(0.05), a_i8(-12)],
              axis=-1),
]
