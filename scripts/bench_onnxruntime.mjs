// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// The side of `mien bench runtime` that is ONNX Runtime: answers the requests of src/mien/runtime_bench/worker.h.
//   node bench_onnxruntime.mjs FOLDER_OF_THE_PACKAGE_onnxruntime-node
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ort = createRequire(import.meta.url)(resolve(process.argv[2]));
let session, values, shape, residentBefore = 0;

// A field of /proc/self/status in bytes.
function memoryField(name) {
  const found = readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'));
  return found ? 1024 * Number(found[1]) : 0;
}

// Images first .. first+batch-1 as the one input.
function feeds(first, batch) {
  if (!session) throw new Error('no network is loaded');
  const perImage = values.length / shape[0];
  const part = values.subarray(first * perImage, (first + batch) * perImage);
  return { [session.inputNames[0]]: new ort.Tensor('float32', part, [batch, ...shape.slice(1)]) };
}

const handlers = {
  inputs({ file, shape: dims }) {
    const bytes = readFileSync(file);
    values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    shape = dims;
    return {};
  },
  async load({ file, threads }) {
    try {
      writeFileSync('/proc/self/clear_refs', '5');  // VmHWM begins anew at what is resident now
    } catch { /* then it counts from the start of the process */ }
    residentBefore = memoryField('VmRSS');
    session = await ort.InferenceSession.create(file, {
      executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential',
      graphOptimizationLevel: 'all', logSeverityLevel: 3,
    });
    return { precision: 'fp32', reason: `ONNX Runtime ${ort.env.versions?.node ?? ''}`.trim(), inputs: [] };
  },
  async burst({ batch, seconds, runs }) {
    const input = feeds(0, batch);
    const ms = [];
    const begin = performance.now();
    for (let last = begin; ms.length < runs || last - begin < 1000 * seconds;) {
      await session.run(input);
      const now = performance.now();
      ms.push(now - last);
      last = now;
    }
    return { ms };
  },
  async answer({ batch, file }) {
    const parts = [];
    let columns = 0;
    for (let first = 0; first + batch <= shape[0]; first += batch) {
      const output = (await session.run(feeds(first, batch)))[session.outputNames[0]].data;
      columns = output.length / batch;
      parts.push(Buffer.from(output.buffer.slice(output.byteOffset, output.byteOffset + output.byteLength)));
    }
    writeFileSync(file, Buffer.concat(parts));
    return { columns };
  },
  memory() {
    return { resident: memoryField('VmHWM') - residentBefore, weights: 0, activations: 0 };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const request = JSON.parse(line);
    if (!handlers[request.do]) throw new Error(`unknown request '${request.do}'`);
    answer = await handlers[request.do](request);
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
