# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Conv and ConvTranspose."""
from operator_cases.case import case, real


def conv(name, x, w, bias=False, **more):
    return case(name, "Conv", [real(*x), real(*w)] + ([real(w[0])] if bias else []), **more)


def transposed(name, x, w, bias=False, group=1, **more):
    return case(name, "ConvTranspose", [real(*x), real(*w)] + ([real(w[1] * group)] if bias else []), group=group, **more)


X = (1, 4, 7, 6)
X2 = (2, 4, 7, 6)
CASES = [
    conv("conv_plain", X, (3, 4, 3, 3)),
    conv("conv_bias", X2, (3, 4, 3, 3), True),
    conv("conv_opset9", X, (3, 4, 3, 3), True, opset=9, pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
    conv("conv_opset11", X, (3, 4, 3, 3), True, opset=11, strides=[2, 2]),
    conv("conv_opset18", X, (3, 4, 3, 3), True, opset=18, pads=[1, 1, 1, 1]),
    conv("conv_1x1", X, (5, 4, 1, 1), True),
    conv("conv_1x1_stride", X, (5, 4, 1, 1), strides=[2, 3]),
    conv("conv_pads", X, (3, 4, 3, 3), pads=[1, 1, 1, 1]),
    conv("conv_pads_uneven", X, (3, 4, 3, 2), pads=[0, 2, 1, 0], strides=[1, 2]),
    conv("conv_pads_wide", X, (2, 4, 3, 3), pads=[4, 5, 4, 6]),
    conv("conv_kernel_uneven", X, (3, 4, 1, 5), pads=[0, 2, 0, 2]),
    conv("conv_dilation", X, (3, 4, 3, 3), dilations=[2, 2], pads=[2, 2, 2, 2]),
    conv("conv_dilation_stride", X, (3, 4, 2, 3), dilations=[3, 1], strides=[2, 2], pads=[1, 1, 2, 1]),
    conv("conv_groups", X2, (6, 2, 3, 3), True, group=2),
    conv("conv_depthwise", X2, (4, 1, 3, 3), True, group=4, pads=[1, 1, 1, 1], strides=[2, 2]),
    conv("conv_depthwise_multiplier", X, (8, 1, 3, 3), group=4),
    conv("conv_same_upper", X, (3, 4, 4, 3), auto_pad="SAME_UPPER"),
    conv("conv_same_lower", X, (3, 4, 4, 3), auto_pad="SAME_LOWER"),
    conv("conv_same_upper_stride", X, (3, 4, 3, 4), auto_pad="SAME_UPPER", strides=[2, 3]),
    conv("conv_same_lower_stride", X, (3, 4, 3, 4), auto_pad="SAME_LOWER", strides=[3, 2]),
    conv("conv_valid", X, (3, 4, 3, 3), auto_pad="VALID", strides=[2, 2]),
    conv("conv_whole_input", X, (3, 4, 7, 6), True),
    conv("conv_1d", (2, 3, 11), (4, 3, 3), True, pads=[1, 2], strides=[2]),
    conv("conv_1d_dilation_groups", (1, 4, 12), (4, 2, 3), group=2, dilations=[3]),
    conv("conv_1d_same", (1, 3, 10), (2, 3, 4), auto_pad="SAME_LOWER", strides=[3]),
    conv("conv_3d", (1, 2, 4, 5, 6), (3, 2, 2, 3, 2), True, pads=[1, 0, 1, 0, 1, 1], strides=[1, 2, 1]),
    conv("conv_3d_groups", (1, 4, 3, 4, 4), (4, 1, 2, 2, 2), group=4, dilations=[1, 2, 1]),
    transposed("transposed_plain", X, (4, 3, 3, 3)),
    transposed("transposed_bias_stride", X2, (4, 3, 2, 2), True, strides=[2, 2]),
    transposed("transposed_opset9", X, (4, 3, 3, 3), True, opset=9, strides=[2, 2], pads=[1, 1, 1, 1]),
    transposed("transposed_opset18", X, (4, 3, 4, 4), True, opset=18, strides=[2, 2], pads=[1, 1, 1, 1]),
    transposed("transposed_output_padding", X, (4, 3, 3, 3), strides=[2, 3], pads=[1, 1, 1, 1], output_padding=[1, 2]),
    transposed("transposed_pads_uneven", X, (4, 3, 3, 3), strides=[2, 2], pads=[0, 1, 2, 0]),
    transposed("transposed_dilation", X, (4, 3, 3, 2), dilations=[2, 3], strides=[1, 2]),
    transposed("transposed_groups", X2, (4, 3, 3, 3), True, group=2, strides=[2, 1]),
    transposed("transposed_depthwise", X, (4, 1, 4, 4), True, group=4, strides=[2, 2], pads=[1, 1, 1, 1]),
    transposed("transposed_output_shape", X, (4, 3, 3, 3), strides=[2, 2], output_shape=[14, 12]),
    transposed("transposed_output_shape_smaller", X, (4, 3, 3, 3), strides=[2, 2], output_shape=[12, 11]),
    transposed("transposed_output_shape_upper", X, (4, 3, 3, 3), strides=[2, 2], output_shape=[14, 12], auto_pad="SAME_UPPER"),
    transposed("transposed_output_shape_lower", X, (4, 3, 3, 3), strides=[2, 2], output_shape=[14, 12], auto_pad="SAME_LOWER"),
    transposed("transposed_same_upper", X, (4, 3, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"),
    transposed("transposed_same_lower", X, (4, 3, 3, 3), strides=[2, 2], auto_pad="SAME_LOWER"),
    transposed("transposed_same_stride_above_kernel", X, (4, 3, 2, 2), strides=[3, 3], auto_pad="SAME_UPPER"),
    transposed("transposed_valid", X, (4, 3, 3, 3), strides=[2, 2], auto_pad="VALID"),
    transposed("transposed_1d", (2, 3, 7), (3, 2, 4), True, strides=[3], pads=[1, 0]),
    transposed("transposed_3d", (1, 2, 3, 3, 2), (2, 3, 2, 2, 3), strides=[2, 1, 2]),
]
