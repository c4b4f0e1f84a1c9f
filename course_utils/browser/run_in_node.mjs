// Reads a request from a folder, and writes what the page's own code makes of it: see node.py.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { fileURLToPath } from "node:url";
import * as ort from "./onnxruntime/ort.wasm.bundle.min.mjs";
import * as reader from "./reader.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const request = JSON.parse(fs.readFileSync(path.join(folder, "request.json"), "utf8"));

function write(number, values) {
  fs.writeFileSync(path.join(folder, `output${number}.bin`), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
}

async function read() {
  const runtime = zlib.gunzipSync(fs.readFileSync(path.join(here, "onnxruntime", "ort-wasm-simd-threaded.wasm.gz")));
  const model = fs.readFileSync(request.model);
  const bytes = fs.readFileSync(path.join(folder, "input.bin"));
  const images = new Float32Array(new Uint8Array(bytes).buffer);
  const answer = await reader.open(ort, new Uint8Array(runtime).buffer, new Uint8Array(model));
  const outputs = await answer(images, request.shape[0]);
  outputs.forEach((output, number) => write(number, output.data));
  return outputs.map((output) => output.dims);
}

function draw() {
  const all = new Float32Array(request.drawings.length * 784);
  request.drawings.forEach((drawing, number) => {
    all.set(reader[request.task](drawing, request.side), 784 * number);
  });
  write(0, all);
  return [[request.drawings.length, 28, 28, 1]];
}

const shapes = request.task === "read" ? await read() : draw();
fs.writeFileSync(path.join(folder, "shapes.json"), JSON.stringify(shapes));
