import {
  bitsandbytesTensors,
  declareBitsandbytes,
  type BitsandbytesOptions,
} from "../checkpoint/quantized/bitsandbytes-tensors.ts";
import {
  compressedTensors,
  declareCompressedTensors,
} from "../checkpoint/quantized/compressed-tensors.ts";
import { declareInt8, int8Tensors } from "../checkpoint/quantized/int8-tensors.ts";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import type { TensorValues } from "../checkpoint/quantized/tensor-values.ts";
import type { TensorDeclaration } from "../checkpoint/safetensors-writer.ts";
import type { LinearQuantization } from "../network/quantize-linear.ts";

/** bitsandbytes rounds weights to float16 before it quantizes them, and says so in the file. */
const nf4Options = (shape: readonly [number, number]): BitsandbytesOptions => {
  return { shape, quantType: "nf4", blockSize: 64, dtype: "float16" };
};

/** The tensors that a linear becomes in a file, before its numbers are known. */
export function declareLinear(
  name: string,
  shape: readonly [number, number],
  quantization: LinearQuantization,
): readonly TensorDeclaration[] {
  switch (quantization.format) {
    case "nf4":
      return declareBitsandbytes(name, nf4Options(shape));
    case "int8":
      return declareInt8(name, shape);
    case "int4":
      return declareCompressedTensors(name, { ...quantization, shape });
  }
}

/** The tensors of a quantized linear, as declared. */
export async function linearTensors(linear: StoredLinear): Promise<readonly TensorValues[]> {
  const { name, shape } = linear;
  if (linear.format === "int8") {
    const [CB, SCB] = [await linear.readCB(), await linear.readSCB()];
    return int8Tensors(name, { CB, SCB }, shape);
  }
  const packed = await linear.readPacked();
  if (linear.format === "int4") {
    const zeroPoints = await linear.readZeroPoints();
    const blocks = { packed, scales: await linear.readScales(), ...(zeroPoints && { zeroPoints }) };
    return compressedTensors(name, blocks, linear);
  }
  const absmax = (await linear.readNestedAbsmax?.()) ?? (await linear.readAbsmax());
  return bitsandbytesTensors(name, { packed, absmax }, { ...nf4Options(shape), padded: true });
}
