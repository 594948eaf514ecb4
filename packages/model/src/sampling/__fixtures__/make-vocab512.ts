/**
 * Trims ../shared/data/model/sampling/vocab512 to what the tests need: dense rows of two stages, and for
 * each case only the ids that stay with their probabilities. Run: node --conditions=@baichuan2/source make-vocab512.ts
 */
import { writeFileSync } from "node:fs";
import { readGolden, sharedData } from "@baichuan2/tooling/golden";

const golden = readGolden(sharedData("model/sampling/vocab512.manifest.json"));
const { cases, ...meta } = golden.meta as { cases: { name: string }[] };
const vocabSize = 512;
const chunks: { name: string; dtype: "f32" | "i32"; shape: number[]; bytes: Uint8Array }[] = [];

for (const name of ["logits", "input_ids", "chat_default.after_repetition"]) {
  const { dtype, shape, bytes } = golden.array(name);
  chunks.push({ name, dtype: dtype as "f32" | "i32", shape: [...shape], bytes });
}
for (const { name } of cases) {
  const probs = golden.floats(`${name}.probs`);
  const filtered = golden.floats(`${name}.filtered`);
  const kept = [...filtered.keys()].filter((index) => (filtered[index] as number) > -Infinity);
  push(`${name}.kept_index`, "i32", Int32Array.from(kept));
  push(`${name}.kept_probs`, "f32", Float32Array.from(kept, (index) => probs[index] as number));
}

let offset = 0;
const tensors = chunks.map(({ bytes, ...rest }) => {
  const tensor = { ...rest, offset, bytes: bytes.byteLength };
  offset += Math.ceil(bytes.byteLength / 16) * 16;
  return tensor;
});
const file = new Uint8Array(offset);
for (const [index, { bytes }] of chunks.entries()) file.set(bytes, tensors[index]?.offset);

const note = {
  source: "../shared/data/model/sampling/vocab512 (PyTorch 2.13.0, transformers 4.57.6)",
  command: "node --conditions=@baichuan2/source packages/model/src/sampling/__fixtures__/make-vocab512.ts",
  date: new Date().toISOString().slice(0, 10),
  layout: `kept_index = row * ${vocabSize} + id`,
};
writeFileSync(new URL("vocab512.bin", import.meta.url), file);
writeFileSync(
  new URL("vocab512.manifest.json", import.meta.url),
  `${JSON.stringify({ file: "vocab512.bin", note, meta: { ...meta, cases }, tensors })}\n`,
);

function push(name: string, dtype: "f32" | "i32", values: Float32Array | Int32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  chunks.push({ name, dtype, shape: [values.length], bytes });
}
