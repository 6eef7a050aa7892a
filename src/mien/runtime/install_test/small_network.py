# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes small_network.onnx, the network of the install test and of the C interface's test.

    protoc --python_out=. -I /usr/include/onnx onnx.proto && python3 small_network.py

image [batch,1,8,8] -> Conv 3x3 1->4, Relu, MaxPool 2x2, GlobalAveragePool, Flatten, Gemm 4->3 -> logits [batch,3].
The weights are k/16 with k from a fixed sequence, so they are exact in every float type. small_network.h holds an input
and the logits that ONNX Runtime 1.30 computes for it.
"""
import onnx_pb2 as onnx


def sequence(count, start):
    return [((5 * (i + start)) % 17 - 8) / 16 for i in range(count)]


def tensor(graph, name, dims, values):
    graph.initializer.add(name=name, dims=dims, data_type=onnx.TensorProto.FLOAT, float_data=values)


def port(ports, name, dims):
    info = ports.add(name=name)
    info.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    for dim in dims:
        entry = info.type.tensor_type.shape.dim.add()
        if isinstance(dim, str):
            entry.dim_param = dim
        else:
            entry.dim_value = dim


def node(graph, op, inputs, outputs, **attributes):
    made = graph.node.add(op_type=op, name=op.lower(), input=inputs, output=outputs)
    for key, value in attributes.items():
        if isinstance(value, list):
            made.attribute.add(name=key, type=onnx.AttributeProto.INTS, ints=value)
        else:
            made.attribute.add(name=key, type=onnx.AttributeProto.INT, i=value)


def main():
    model = onnx.ModelProto(ir_version=7, producer_name="small_network.py")
    model.opset_import.add(domain="", version=13)
    model.metadata_props.add(key="fixture", value="small network")
    graph = model.graph
    graph.name = "small_network"
    port(graph.input, "image", ["batch", 1, 8, 8])
    port(graph.output, "logits", ["batch", 3])
    tensor(graph, "conv.weight", [4, 1, 3, 3], sequence(36, 1))
    tensor(graph, "conv.bias", [4], sequence(4, 3))
    tensor(graph, "fc.weight", [3, 4], sequence(12, 5))
    tensor(graph, "fc.bias", [3], sequence(3, 2))
    node(graph, "Conv", ["image", "conv.weight", "conv.bias"], ["conv"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    node(graph, "Relu", ["conv"], ["relu"])
    node(graph, "MaxPool", ["relu"], ["pool"], kernel_shape=[2, 2], strides=[2, 2])
    node(graph, "GlobalAveragePool", ["pool"], ["mean"])
    node(graph, "Flatten", ["mean"], ["flat"])
    node(graph, "Gemm", ["flat", "fc.weight", "fc.bias"], ["logits"], transB=1)
    with open("small_network.onnx", "wb") as file:
        file.write(model.SerializeToString())


main()
