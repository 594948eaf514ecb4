import { llmInt8Matmul } from "@baichuan2/quant";
import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

interface Parts {
  readonly CB: Int8Array<ArrayBuffer>;
  readonly SCB: Float32Array<ArrayBuffer>;
}

export const linearReference: Reference<null> = ([x, weight], _attributes, [, stored]) => {
  const [T, C] = x.shape;
  const O = weight.shape[0];
  if (stored?.format.kind === "int8") {
    const { CB, SCB } = stored.parts as unknown as Parts;
    return [f32(llmInt8Matmul(x.data as Float32Array, { CB, SCB }, { cols: C }), [T, O])];
  }
  const y = floatsLike(T * O, x, weight);
  for (let t = 0; t < T; t++) {
    for (let o = 0; o < O; o++) {
      let sum = 0; // float64: the reference must not be the one that rounds
      for (let c = 0; c < C; c++) sum += x.data[t * C + c] * weight.data[o * C + c];
      y[t * O + o] = sum;
    }
  }
  return [f32(y, [T, O])];
};
