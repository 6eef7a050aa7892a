#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes ShuffleNetV2 and ResNet-18 with random weights as other programs quantise them: what docs/results/bench_runtime.md
compares the runtime and ONNX Runtime on.

    python3 scripts/make_quantized_networks.py FOLDER --onnxruntime node_modules/onnxruntime-node

FOLDER gets NAME.onnx in floats, NAME.qdq.onnx with QuantizeLinear and DequantizeLinear around each operator, and
NAME.qlinear.onnx with QLinearConv and its kin, as ONNX Runtime's quantize_static writes them: values u8 with a zero point, weights
i8 with a scale a channel. The ranges of the values are those that ONNX Runtime finds on two random images. Needs numpy, the
Python package onnx (python3-onnx) and node. Run by hand; nothing of the build uses it.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SCRIPTS = pathlib.Path(__file__).resolve().parent


class Network:
    """Float layers: (op, inputs, output, attributes), and weights by name."""

    def __init__(self):
        self.layers, self.weights, self.random = [], {}, np.random.default_rng(1)

    def add(self, op, inputs, **attributes):
        output = f'{op.lower()}{len(self.layers)}'
        self.layers.append((op, list(inputs), output, attributes))
        return output

    def constant(self, values):
        name = f'constant{len(self.weights)}'
        self.weights[name] = values
        return name

    def conv(self, x, inputs, outputs, size, stride=1, groups=1, relu=True):
        depth = inputs // groups * size * size
        w = self.random.normal(0, (2 / depth) ** 0.5, (outputs, inputs // groups, size, size)).astype(np.float32)
        b = self.random.normal(0, 0.1, outputs).astype(np.float32)
        y = self.add('Conv', [x, self.constant(w), self.constant(b)], kernel_shape=[size, size], strides=[stride, stride],
                     pads=[size // 2] * 4, group=groups)
        return self.add('Relu', [y]) if relu else y

    def head(self, x, features, classes=1000):
        x = self.add('Flatten', [self.add('GlobalAveragePool', [x])])
        w = self.random.normal(0, features ** -0.5, (classes, features)).astype(np.float32)
        return self.add('Gemm', [x, self.constant(w), self.constant(np.zeros(classes, np.float32))], transB=1)


def resnet18():
    n = Network()
    x = n.add('MaxPool', [n.conv('images', 3, 64, 7, 2)], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for width in (64, 128, 256, 512):
        for block in range(2):
            stride = 2 if block == 0 and width > 64 else 1
            y = n.conv(n.conv(x, channels, width, 3, stride), width, width, 3, relu=False)
            if stride == 2:
                x = n.conv(x, channels, width, 1, 2, relu=False)
            x = n.add('Relu', [n.add('Add', [y, x])])
            channels = width
    return n, n.head(x, 512)


def shufflenet_v2():
    n = Network()
    x = n.add('MaxPool', [n.conv('images', 3, 24, 3, 2)], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels, side = 24, 56
    for width, units in ((116, 4), (232, 8), (464, 4)):
        half = width // 2
        for unit in range(units):
            if unit == 0:
                side //= 2
                left = n.conv(n.conv(x, channels, channels, 3, 2, channels, relu=False), channels, half, 1)
                right, inputs, stride = x, channels, 2
            else:
                left = n.add('Slice', [x] + [n.constant(np.array([v])) for v in (0, half, 1)])
                right = n.add('Slice', [x] + [n.constant(np.array([v])) for v in (half, width, 1)])
                inputs, stride = half, 1
            right = n.conv(right, inputs, half, 1)
            right = n.conv(n.conv(right, half, half, 3, stride, half, relu=False), half, half, 1)
            x = n.add('Concat', [left, right], axis=1)
            x = n.add('Reshape', [x, n.constant(np.array([0, 2, half, side, side]))])
            x = n.add('Transpose', [x], perm=[0, 2, 1, 3, 4])
            x = n.add('Reshape', [x, n.constant(np.array([0, width, side, side]))])
        channels = width
    return n, n.head(n.conv(x, 464, 1024, 1), 1024)


class Writer:
    """An ONNX file under construction."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, values):
        self.constants[name] = numpy_helper.from_array(np.asarray(values), name)
        return name

    def node(self, op, inputs, output, attributes=None, domain=''):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **(attributes or {})))
        return output

    def save(self, file, outputs, size=224):
        images = helper.make_tensor_value_info('images', TensorProto.FLOAT, ['N', 3, size, size])
        ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, file.stem, [images], ports, list(self.constants.values()))
        imports = [helper.make_opsetid('', 13), helper.make_opsetid('com.microsoft', 1)]
        onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=8), str(file))


def write_float(network, outputs, file):
    w = Writer()
    for name, values in network.weights.items():
        w.constant(name, values)
    for op, inputs, output, attributes in network.layers:
        w.node(op, inputs, output, attributes)
    w.save(file, outputs)


def ranges_of(network, package):
    """Smallest and largest number of every value, on two images."""
    names = [layer[2] for layer in network.layers]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_float(network, names, folder / 'all.onnx')
        images = np.random.default_rng(2).normal(0, 1, (2, 3, 224, 224)).astype(np.float32)
        images.tofile(folder / 'images.raw')
        command = ['node', str(SCRIPTS / 'run_onnxruntime.mjs'), '--package', package, '--model', str(folder / 'all.onnx'),
                   '--input', f'2x3x224x224:{folder / "images.raw"}', '--output', str(folder / 'result')]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ranges = {'images': (images.min(), images.max())}
        for entry in found:
            values = np.fromfile(entry['file'], np.float32)
            ranges[entry['name']] = (values.min(), values.max())
    return ranges


class Quantiser:
    """Writes a network in one of the two forms. Every value is known by the name of its bytes, scale and zero point."""

    SAME = ('MaxPool', 'Flatten', 'Slice', 'Reshape', 'Transpose')

    def __init__(self, network, ranges, qdq):
        self.network, self.ranges, self.qdq, self.w = network, ranges, qdq, Writer()
        self.codes = {}  # value -> (scale, zero)

    def code(self, value, like=None):
        if like:
            self.codes[value] = self.codes[like]
        else:
            low, high = min(0, self.ranges[value][0]), max(0, self.ranges[value][1])
            scale = np.float32((high - low) / 255)
            self.codes[value] = (scale, np.uint8(np.clip(np.rint(-low / scale), 0, 255)))
        scale, zero = self.codes[value]
        self.w.constant(value + '_scale', scale)
        self.w.constant(value + '_zero', zero)

    def parts(self, value):
        """Scale and zero point of a value."""
        return [value + '_scale', value + '_zero']

    def quantise(self, floats, value):
        bytes_ = self.w.node('QuantizeLinear', [floats] + self.parts(value), value + '_bytes')
        return bytes_

    def read(self, value):
        """What a layer reads in the QDQ form."""
        return self.w.node('DequantizeLinear', [value + '_bytes'] + self.parts(value), f'{value}_float{len(self.w.nodes)}')

    def weights(self, name, x_scale, bias):
        values = self.network.weights[name]
        scales = (np.abs(values).reshape(len(values), -1).max(1) / 127).astype(np.float32)
        steps = np.rint(values / scales.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        names = [self.w.constant(name + '_bytes', steps), self.w.constant(name + '_scale', scales),
                 self.w.constant(name + '_zero', np.zeros(len(values), np.int8))]
        b = np.rint(self.network.weights[bias] / (x_scale * scales)).astype(np.int32)
        return names, self.w.constant(bias + '_steps', b), self.w.constant(bias + '_scale', x_scale * scales)

    def layer(self, op, inputs, output, attributes, relu):
        """One layer, with the Relu behind it when there is one; its result is called `relu or output`."""
        value = relu or output
        if op in self.SAME:
            self.code(value, like=inputs[0])
            if self.qdq:
                self.quantise(self.w.node(op, [self.read(inputs[0])] + self.copied(inputs[1:]), output, attributes), value)
            else:
                self.w.node(op, [inputs[0] + '_bytes'] + self.copied(inputs[1:]), value + '_bytes', attributes)
            return
        self.code(value)
        if op in ('Conv', 'Gemm'):
            (w, b, b_scale) = self.weights(inputs[1], self.codes[inputs[0]][0], inputs[2])
            if self.qdq:
                operands = [self.read(inputs[0]), self.w.node('DequantizeLinear', w, w[0] + '_float', {'axis': 0}),
                            self.w.node('DequantizeLinear', [b, b_scale], b + '_float', {'axis': 0})]
            else:
                head = [inputs[0] + '_bytes'] + self.parts(inputs[0]) + w
                if op == 'Conv':
                    self.w.node('QLinearConv', head + self.parts(value) + [b], value + '_bytes', attributes)
                else:
                    self.w.node('QGemm', head + [b] + self.parts(value), value + '_bytes', attributes, 'com.microsoft')
                return
        elif self.qdq:
            operands = [self.read(x) for x in inputs]
        else:
            self.microsoft(op, inputs, value, attributes)
            return
        floats = self.w.node(op, operands, output, attributes)
        self.quantise(self.w.node('Relu', [floats], relu) if relu else floats, value)

    def microsoft(self, op, inputs, value, attributes):
        every = [part for x in inputs for part in [x + '_bytes'] + self.parts(x)]
        if op == 'Concat':
            self.w.node('QLinearConcat', self.parts(value) + every, value + '_bytes', attributes, 'com.microsoft')
        else:
            self.w.node('QLinear' + op, every + self.parts(value), value + '_bytes', attributes,
                        'com.microsoft')

    def copied(self, names):
        return [self.w.constant(name, self.network.weights[name]) for name in names]

    def write(self, result, file):
        self.code('images')
        self.quantise('images', 'images')
        relu_of = {inputs[0]: output for op, inputs, output, _ in self.network.layers if op == 'Relu'}
        for op, inputs, output, attributes in self.network.layers:
            if op != 'Relu':
                self.layer(op, inputs, output, attributes, relu_of.get(output))
        self.w.node('DequantizeLinear', [result + '_bytes'] + self.parts(result), 'logits')
        self.w.save(file, ['logits'])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--onnxruntime', required=True, help='folder of the node package onnxruntime-node')
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, make in (('shufflenet_v2', shufflenet_v2), ('resnet18', resnet18)):
        network, result = make()
        write_float(network, [result], options.folder / f'{name}.onnx')
        ranges = ranges_of(network, options.onnxruntime)
        for form in ('qdq', 'qlinear'):
            Quantiser(network, ranges, form == 'qdq').write(result, options.folder / f'{name}.{form}.onnx')


if __name__ == '__main__':
    main()
