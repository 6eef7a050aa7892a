# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""MaxPool, AveragePool and the global pools."""
from operator_cases.case import case, i8, real, u8


def pool(name, op, kernel, x=(2, 3, 7, 6), **more):
    return case(name, op, [real(*x)], kernel_shape=kernel, **more)


def both(name, kernel, **more):
    return [pool("max_" + name, "MaxPool", kernel, **more), pool("average_" + name, "AveragePool", kernel, **more)]


CASES = [
    *both("plain", [2, 2]),
    *both("opset9", [3, 3], opset=9, strides=[2, 2], pads=[1, 1, 1, 1]),
    *both("opset10_ceil", [3, 3], opset=10, strides=[2, 2], ceil_mode=1),
    *both("opset11", [3, 2], opset=11, strides=[2, 2], pads=[1, 0, 1, 1]),
    *both("opset18", [3, 3], opset=18, strides=[2, 2], pads=[1, 1, 1, 1]),
    *both("pads_uneven", [3, 3], strides=[1, 2], pads=[0, 1, 2, 0]),
    *both("ceil_pads", [3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
    *both("ceil_stride_above_kernel", [2, 2], strides=[4, 5], ceil_mode=1),
    *both("ceil_last_window_in_padding", [2, 2], x=(1, 2, 5, 5), strides=[3, 3], pads=[0, 0, 1, 1], ceil_mode=1),
    *both("same_upper", [3, 2], strides=[2, 2], auto_pad="SAME_UPPER"),
    *both("same_lower", [3, 2], strides=[2, 2], auto_pad="SAME_LOWER"),
    *both("valid", [3, 3], strides=[2, 2], auto_pad="VALID"),
    *both("whole", [7, 6]),
    *both("1d", [3], x=(2, 3, 9), strides=[2], pads=[1, 0]),
    *both("3d", [2, 2, 2], x=(1, 2, 4, 5, 3), strides=[2, 1, 1]),
    pool("max_dilation", "MaxPool", [3, 2], dilations=[2, 3]),
    pool("max_dilation_ceil", "MaxPool", [2, 2], dilations=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1),
    case("max_u8", "MaxPool", [u8(1, 2, 5, 5)], kernel_shape=[3, 3], pads=[1, 1, 1, 1], tolerance=0),
    case("max_i8", "MaxPool", [i8(1, 2, 5, 5)], kernel_shape=[2, 2], strides=[2, 2], tolerance=0),
    pool("average_include_pad", "AveragePool", [3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
    pool("average_include_pad_uneven", "AveragePool", [3, 4], pads=[0, 2, 1, 1], count_include_pad=1),
    pool("average_include_pad_ceil", "AveragePool", [3, 3], strides=[2, 2], pads=[1, 1, 0, 0], count_include_pad=1, ceil_mode=1),
    pool("average_include_pad_same", "AveragePool", [3, 3], strides=[2, 2], auto_pad="SAME_UPPER", count_include_pad=1),
    case("global_average", "GlobalAveragePool", [real(2, 3, 5, 4)]),
    case("global_average_1d", "GlobalAveragePool", [real(2, 3, 5)], opset=9),
    case("global_average_3d", "GlobalAveragePool", [real(1, 2, 3, 4, 2)]),
    case("global_max", "GlobalMaxPool", [real(2, 3, 5, 4, low=-2, high=-1)]),
    case("global_max_1d", "GlobalMaxPool", [real(2, 3, 5)], opset=9),
]
