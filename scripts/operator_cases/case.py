# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""What a case of the operator fixtures is made of."""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Case:
    name: str        # file name and seed of the inputs
    op: str
    inputs: list     # arrays, functions from a numpy Generator to an array, or None for an input that is left out
    attributes: dict = field(default_factory=dict)
    opset: int = 13
    domain: str = ""
    constants: tuple = ()   # numbers of the inputs that the model holds as initialisers
    outputs: int = 1
    tolerance: float = 1e-5  # allowed |difference| / max(|expected|, largest |expected| / 8); 0: equal


def case(name, op, inputs, opset=13, domain="", constants=(), outputs=1, tolerance=1e-5, **attributes):
    """Case with its attributes as keywords: ints, floats, strings, lists and arrays become ONNX attributes of that type."""
    return Case(name, op, inputs, attributes, opset, domain, tuple(constants), outputs, tolerance)


def real(*shape, low=-1.0, high=1.0):
    """float32 values, uniform in [low, high)."""
    return lambda generator: generator.uniform(low, high, shape).astype(np.float32)


def whole(*shape, low, high, dtype):
    """Integers, uniform in [low, high]."""
    return lambda generator: generator.integers(low, high, shape, dtype=dtype, endpoint=True)


def u8(*shape, low=0, high=255):
    return whole(*shape, low=low, high=high, dtype=np.uint8)


def i8(*shape, low=-128, high=127):
    return whole(*shape, low=low, high=high, dtype=np.int8)


def f32(values):
    return np.asarray(values, np.float32)


def i64(values):
    return np.asarray(values, np.int64)
