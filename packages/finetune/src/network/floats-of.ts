import type { Tensor } from "@baichuan2/kernels";

/** The numbers of a float output; a run gives it or has thrown. */
export function floatsOf(results: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const tensor = results[name];
  if (tensor?.dtype === "f32") return tensor.data;
  throw new Error(`training: expected an output "${name}", got none`);
}
