// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// node run_onnxruntime.js FOLDER_OF_ONNXRUNTIME_NODE < stems: for each line STEM runs STEM.onnx on the inputs in STEM.bin and
// appends the outputs to STEM.bin. Exits with 1 when a model cannot run.
const fs = require('fs');
const path = require('path');
const ort = require(path.resolve(process.argv[2]));

// mien's name, ONNX Runtime's name, array that holds it
const types = [
  ['f32', 'float32', Float32Array], ['u8', 'uint8', Uint8Array], ['i8', 'int8', Int8Array], ['u16', 'uint16', Uint16Array],
  ['i16', 'int16', Int16Array], ['i32', 'int32', Int32Array], ['u32', 'uint32', Uint32Array], ['i64', 'int64', BigInt64Array],
  ['u64', 'uint64', BigUint64Array], ['boolean', 'bool', Uint8Array],
];

function readInputs(bytes) {
  const end = bytes.indexOf(10);
  const header = JSON.parse(bytes.subarray(0, end).toString());
  const feeds = {};
  let at = end + 1;
  for (const {name, type, dims} of header.inputs) {
    const [, theirs, array] = types.find(t => t[0] === type);
    const size = dims.reduce((a, b) => a * b, 1);
    const values = new array(size);
    Buffer.from(values.buffer).set(bytes.subarray(at, at + values.byteLength));
    at += values.byteLength;
    feeds[name] = new ort.Tensor(theirs, values, dims);
  }
  return {header, feeds, data: bytes.subarray(end + 1)};
}

async function run(stem) {
  const {header, feeds, data} = readInputs(fs.readFileSync(stem + '.bin'));
  const session = await ort.InferenceSession.create(stem + '.onnx', {graphOptimizationLevel: 'disabled', logSeverityLevel: 3});
  const results = await session.run(feeds);
  const tensors = session.outputNames.map(name => ({name, tensor: results[name]}));
  header.outputs = tensors.map(({name, tensor}) =>
    ({name, type: types.find(t => t[1] === tensor.type)[0], dims: [...tensor.dims]}));
  const raw = tensors.map(({tensor}) => Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  fs.writeFileSync(stem + '.bin', Buffer.concat([Buffer.from(JSON.stringify(header) + '\n'), data, ...raw]));
}

(async () => {
  for (const stem of fs.readFileSync(0, 'utf8').split('\n').filter(line => line)) {
    try {
      await run(stem);
    } catch (error) {
      console.error(`error: ${stem}: ${error.message}`);
      process.exitCode = 1;
      fs.rmSync(stem + '.onnx');
      fs.rmSync(stem + '.bin');
    }
  }
})();
