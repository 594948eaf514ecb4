import type { InferenceSession, TensorConstructor } from "onnxruntime-common";
import { encodeModelProto, ONNX_DTYPE } from "./onnx-schema.ts";

/** How byte matrices lie: signed, or unsigned with the zero point 128. */
export type ByteDType = "i8" | "u8";

/**
 * How byte matrices must lie here for exact products.
 *
 * x86 processors with AVX2 but without VNNI add pairs of unsigned times signed bytes in 16 bits and saturate: 255·127·2 >
 * 32 767. Between unsigned bytes they do not. Which processor it is, only a product tells reliably. (onnxruntime makes
 * weights unsigned itself if asked, but under new names at every load, which no cache of packed weights finds.)
 */
export async function exactByteDType(
  runtime: typeof InferenceSession,
  OrtTensor: TensorConstructor,
): Promise<ByteDType> {
  const [rows, columns] = [64, 16];
  const session = await runtime.create(probeModel(rows, columns), { logSeverityLevel: 3 });
  try {
    const x = new OrtTensor("uint8", new Uint8Array(rows).fill(255), [1, rows]);
    const { y } = await session.run({ x });
    return y?.data[0] === 255 * 127 * rows ? "i8" : "u8";
  } finally {
    await session.release();
  }
}

function probeModel(rows: number, columns: number): Uint8Array {
  const value = (name: string, elemType: number, ...dims: number[]): object => {
    const dim = dims.map((dimValue) => ({ dimValue }));
    return { name, type: { tensorType: { elemType, shape: { dim } } } };
  };
  const rawData = new Uint8Array(rows * columns).fill(127);
  return encodeModelProto({
    irVersion: 10,
    opsetImport: [{ domain: "", version: 21 }],
    graph: {
      name: "byte products",
      node: [{ opType: "MatMulInteger", input: ["x", "w"], output: ["y"] }],
      initializer: [{ name: "w", dims: [rows, columns], dataType: ONNX_DTYPE.i8, rawData }],
      input: [value("x", ONNX_DTYPE.u8, 1, rows)],
      output: [value("y", ONNX_DTYPE.i32, 1, columns)],
    },
  });
}
