# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes src/mien/operators/fixtures/GROUP/NAME.{onnx,bin}: tiny models of one operator and what ONNX Runtime makes of them.

    python3 scripts/make_operator_fixtures.py --onnxruntime FOLDER [GROUP ...]

FOLDER is the node package onnxruntime-node. Needs node, protoc, the ONNX message definitions (libonnx-dev), python3-protobuf
and numpy.

Cases are in scripts/operator_cases/GROUP.py, one file a group, which defines CASES: a list of case(...), see
operator_cases/case.py. A new case is a new entry in a list, a new group is a new file. Inputs are drawn from a generator that
the case's name seeds, so that other cases keep their numbers.

NAME.bin is one line of JSON, {"inputs": [{"name", "type", "dims"}], "outputs": [the same], "tolerance": t}, and then the raw
little-endian values of all of them in that order. Types are mien's names ("f32", "i64", "boolean": one byte a value).
"""
import argparse
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

SCRIPTS = Path(__file__).resolve().parent
FIXTURES = SCRIPTS.parent / "src" / "mien" / "operators" / "fixtures"
TYPES = {"float32": ("f32", 1), "uint8": ("u8", 2), "int8": ("i8", 3), "uint16": ("u16", 4), "int16": ("i16", 5),
         "int32": ("i32", 6), "int64": ("i64", 7), "bool": ("boolean", 9), "uint32": ("u32", 12), "uint64": ("u64", 13)}


def onnx_messages(folder):
    """The module of ONNX's protobuf messages, made in `folder`."""
    include = Path(shutil.which("protoc")).resolve().parent.parent / "include"
    subprocess.run(["protoc", f"-I{include}", f"--python_out={folder}", str(include / "onnx" / "onnx.proto")], check=True)
    sys.path.insert(0, str(folder))
    return importlib.import_module("onnx.onnx_pb2")


def onnx_tensor(onnx, name, array):
    return onnx.TensorProto(name=name, data_type=TYPES[array.dtype.name][1], dims=array.shape, raw_data=array.tobytes())


def onnx_attribute(onnx, key, value):
    kinds = onnx.AttributeProto
    if isinstance(value, np.ndarray):
        return kinds(name=key, type=kinds.TENSOR, t=onnx_tensor(onnx, key, value))
    if isinstance(value, (bool, int)):
        return kinds(name=key, type=kinds.INT, i=int(value))
    if isinstance(value, float):
        return kinds(name=key, type=kinds.FLOAT, f=value)
    if isinstance(value, str):
        return kinds(name=key, type=kinds.STRING, s=value.encode())
    if all(isinstance(v, int) for v in value):
        return kinds(name=key, type=kinds.INTS, ints=value)
    return kinds(name=key, type=kinds.FLOATS, floats=value)


def onnx_port(onnx, name, array):
    port = onnx.ValueInfoProto(name=name)
    port.type.tensor_type.elem_type = TYPES[array.dtype.name][1]
    port.type.tensor_type.shape.SetInParent()
    for size in array.shape:
        port.type.tensor_type.shape.dim.add(dim_value=size)
    return port


def model_of(onnx, case, arrays):
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(arrays)]
    outputs = [f"y{i}" for i in range(case.outputs)]
    graph = onnx.GraphProto(name=case.name)
    graph.node.add(op_type=case.op, domain=case.domain, name=case.name, input=names, output=outputs,
                   attribute=[onnx_attribute(onnx, k, v) for k, v in case.attributes.items()])
    for i, array in enumerate(arrays):
        if array is None:
            continue
        if i in case.constants:
            graph.initializer.append(onnx_tensor(onnx, names[i], array))
        else:
            graph.input.append(onnx_port(onnx, names[i], array))
    for name in outputs:
        graph.output.add(name=name)
    model = onnx.ModelProto(ir_version=8, producer_name="mien operator fixtures", graph=graph)
    model.opset_import.add(domain="", version=case.opset)
    if case.domain:
        model.opset_import.add(domain=case.domain, version=1)
    return model.SerializeToString()


def write_case(onnx, folder, case):
    """NAME.onnx, and NAME.bin with the inputs alone; the entry of the list for ONNX Runtime."""
    generator = np.random.default_rng(zlib.crc32(case.name.encode()))
    arrays = [spec(generator) if callable(spec) else spec for spec in case.inputs]
    fed = [(f"x{i}", a) for i, a in enumerate(arrays) if a is not None and i not in case.constants]
    (folder / f"{case.name}.onnx").write_bytes(model_of(onnx, case, arrays))
    header = {"inputs": [{"name": n, "type": TYPES[a.dtype.name][0], "dims": list(a.shape)} for n, a in fed],
              "tolerance": case.tolerance}
    (folder / f"{case.name}.bin").write_bytes(json.dumps(header).encode() + b"\n" + b"".join(a.tobytes() for _, a in fed))
    return str(folder / case.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onnxruntime", required=True, help="folder of the node package onnxruntime-node")
    parser.add_argument("groups", nargs="*", help="groups to make again; all when none is named")
    options = parser.parse_args()
    sys.path.insert(0, str(SCRIPTS))
    groups = options.groups or sorted(f.stem for f in (SCRIPTS / "operator_cases").glob("*.py") if f.stem != "case")
    with tempfile.TemporaryDirectory() as temporary:
        onnx = onnx_messages(Path(temporary))
        stems = []
        for group in groups:
            cases = importlib.import_module(f"operator_cases.{group}").CASES
            repeated = {c.name for c in cases if sum(o.name == c.name for o in cases) > 1}
            if repeated:
                sys.exit(f"error: {group}.py names more than one case {sorted(repeated)}")
            folder = FIXTURES / group
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            stems += [write_case(onnx, folder, case) for case in cases]
    runner = SCRIPTS / "operator_cases" / "run_onnxruntime.js"
    result = subprocess.run(["node", str(runner), options.onnxruntime], input="\n".join(stems), text=True)
    size = sum(f.stat().st_size for g in groups for f in (FIXTURES / g).iterdir())
    print(f"{len(stems)} cases, {size / 1000:.0f} kB")
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
