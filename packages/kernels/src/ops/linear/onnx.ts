import type { BlockSize } from "@baichuan2/quant";
import { UnsupportedError } from "../../graph/errors.ts";
import type { WeightFormat } from "../../graph/weight-format.ts";
import { partName, type OnnxLowering, type OnnxWriter } from "../onnx-lowering.ts";
import { int16LinearOnnx } from "./onnx-int16.ts";
import { llmInt8LinearOnnx } from "./onnx-llm-int8.ts";
import { zeroOrNan } from "./zero-or-nan.ts";

const F32: WeightFormat = { kind: "f32" };

/** Writes `y = x · weightᵀ` for a weight of one format. */
export const linearOnnx: OnnxLowering<null> = (onnx, [x, weight], [y], _attributes, declared) => {
  const [, { shape, format = F32 }] = declared;
  const [O, C] = shape as readonly number[];
  switch (format.kind) {
    case "f32":
      // Takes the [O, C] layout as it is (and prepacks it), where MatMul would need a transposed copy.
      onnx.node("FusedMatMul", [x, weight], [y], { transB: { int: 1 } }, "com.microsoft");
      break;
    case "int4":
    case "int8-blocks":
    case "nf4":
    case "fp4":
      matMulNBits(onnx, { x, weight, y, O, C, format });
      break;
    case "int8":
      llmInt8LinearOnnx(onnx, x, weight, y);
      break;
    case "int16":
      int16LinearOnnx(onnx, x, weight, y);
      break;
    default:
      throw new UnsupportedError("ort", `linear with ${format.kind}`, "use f32 or int16");
  }
};

/** Activations are rounded to int8 block by block (accuracy level 4): three times the speed of float32 ones. */
const INT8_ACTIVATIONS = 4;

interface BlockLinear {
  readonly x: string;
  readonly weight: string;
  readonly y: string;
  readonly O: number;
  readonly C: number;
  readonly format: Extract<WeightFormat, { blockSize: BlockSize }>;
}

/** Codebook formats reach this as int8 blocks (see `initializers.ts`): the CPU has no kernel that looks codes up. */
function matMulNBits(onnx: OnnxWriter, { x, weight, y, O, C, format }: BlockLinear): void {
  const inputs = [x, partName(weight, "packed"), partName(weight, "scales")];
  if (format.kind === "int4" && !format.symmetric) inputs.push(partName(weight, "zeroPoints"));
  const attributes = {
    K: { int: C },
    N: { int: O },
    bits: { int: format.kind === "int4" ? 4 : 8 },
    block_size: { int: format.blockSize },
    accuracy_level: { int: INT8_ACTIVATIONS },
  };
  const product = onnx.temporary();
  onnx.node("MatMulNBits", inputs, [product], attributes, "com.microsoft");
  onnx.node("Add", [product, zeroOrNan(onnx, x)], [y]);
}
