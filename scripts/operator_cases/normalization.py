# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""BatchNormalization, InstanceNormalization, LayerNormalization, LRN, Softmax, LogSoftmax, Gelu."""
from operator_cases.case import case, real


def batch(name, x, opset, **more):
    c = x[1]
    return case(name, "BatchNormalization", [real(*x), real(c), real(c), real(c), real(c, low=0.2, high=2)], opset=opset, **more)


def layer(name, x, scale, bias=True, **more):
    return case(name, "LayerNormalization", [real(*x), real(*scale)] + ([real(*scale)] if bias else []), opset=17, **more)


def both(name, x, opset, **more):
    return [case("softmax_" + name, "Softmax", [real(*x, low=-4, high=4)], opset=opset, **more),
            case("log_softmax_" + name, "LogSoftmax", [real(*x, low=-4, high=4)], opset=opset, **more)]


CASES = [
    batch("batch_opset9", (2, 3, 4, 5), 9),
    batch("batch_opset9_2d", (4, 3), 9, epsilon=1e-3),
    batch("batch_opset14", (2, 3, 4, 5), 14, epsilon=1e-2, momentum=0.5),
    batch("batch_opset15", (2, 3, 7), 15),
    batch("batch_3d", (1, 2, 3, 2, 2), 15),
    case("instance", "InstanceNormalization", [real(2, 3, 4, 5), real(3), real(3)]),
    case("instance_1d_epsilon", "InstanceNormalization", [real(2, 3, 9), real(3), real(3)], opset=9, epsilon=1e-2),
    layer("layer_last", (2, 5, 8), (8,)),
    layer("layer_no_bias", (2, 5, 8), (8,), False, axis=-1),
    layer("layer_two_axes", (2, 3, 4, 5), (4, 5), axis=2, epsilon=1e-3),
    layer("layer_all", (3, 4), (3, 4), axis=0),
    case("lrn", "LRN", [real(2, 7, 3, 3, low=-3, high=3)], size=3),
    case("lrn_wide", "LRN", [real(1, 3, 2, 2, low=-3, high=3)], size=9, alpha=0.1, opset=9),
    *both("opset9", (2, 3, 4), 9),
    *both("opset11_axis0", (2, 3, 4), 11, axis=0),
    *both("opset12_axis2", (2, 3, 4), 12, axis=2),
    *both("opset12_negative", (2, 3, 4), 12, axis=-2),
    *both("opset13", (2, 3, 4), 13),
    *both("opset13_axis1", (2, 3, 4, 2), 13, axis=1),
    *both("opset18_axis0", (3, 5), 18, axis=0),
    case("softmax_large_values", "Softmax", [real(2, 9, low=-1000, high=1000)]),
    case("gelu", "Gelu", [real(3, 40, low=-5, high=5)], domain="com.microsoft"),
]
