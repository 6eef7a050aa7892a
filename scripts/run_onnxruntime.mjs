#!/usr/bin/env node
// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0

// Runs an ONNX file in ONNX Runtime: what 'mien export --verify' and the tests compare with.
//
//   node run_onnxruntime.mjs --package FOLDER --model FILE.onnx --input 7x3x48x48:PIXELS.raw --output RESULT
//
// FOLDER is the npm package onnxruntime-node. Inputs are files of little-endian float32 values, one --input for each input of
// the model, in its order. Each output is written to RESULT.0.raw, RESULT.1.raw, ... as float32; a line of JSON on stdout names
// them: [{"name": "logits", "dims": [7, 8], "file": "RESULT.0.raw"}].
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

function fail(message) {
  console.error(`run_onnxruntime: ${message}`);
  process.exit(1);
}

function readInput(text) {
  const colon = text.indexOf(':');
  if (colon < 0) fail(`--input ${text}: expected SHAPE:FILE, e.g. 1x3x48x48:pixels.raw`);
  const dims = text.slice(0, colon).split('x').map(Number);
  const bytes = readFileSync(text.slice(colon + 1));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const expected = dims.reduce((product, d) => product * d, 1);
  if (values.length !== expected) fail(`--input ${text}: the shape needs ${expected} values, the file has ${values.length}`);
  return { dims, values };
}

const { values: flags } = parseArgs({
  options: {
    package: { type: 'string' },
    model: { type: 'string' },
    input: { type: 'string', multiple: true },
    output: { type: 'string' },
    threads: { type: 'string', default: '0' },
  },
});
for (const name of ['package', 'model', 'input', 'output']) if (!flags[name]) fail(`--${name} is missing`);

try {
  const ort = createRequire(import.meta.url)(resolve(flags.package));
  const options = { intraOpNumThreads: Number(flags.threads), logSeverityLevel: 3 };
  const session = await ort.InferenceSession.create(flags.model, options);
  const wanted = session.inputNames.length;
  if (wanted !== flags.input.length) fail(`the model has ${wanted} inputs, but ${flags.input.length} are given`);
  const feeds = {};
  session.inputNames.forEach((name, i) => {
    const { dims, values } = readInput(flags.input[i]);
    feeds[name] = new ort.Tensor('float32', values, dims);
  });
  const results = await session.run(feeds);
  const written = session.outputNames.map((name, i) => {
    const file = `${flags.output}.${i}.raw`;
    writeFileSync(file, Buffer.from(Float32Array.from(results[name].data, Number).buffer));
    return { name, dims: results[name].dims, file };
  });
  console.log(JSON.stringify(written));
} catch (error) {
  fail(error.message);
}
