import type { InferenceSession, TensorConstructor } from "onnxruntime-common";
import { encodeModelProto, ONNX_DTYPE } from "./onnx-schema.ts";

/**
 * Products of unsigned with signed bytes. x86 processors with AVX2 but without VNNI add pairs of them in 16 bits and
 * saturate: 255·127·2 > 32 767. onnxruntime then has slower kernels that do not, if asked. Which processor it is, only a
 * product tells reliably.
 */

/** Session options that make byte products exact on processors that saturate. */
export const exactBytes = { extra: { session: { x64quantprecision: "1" } } } as const;

/** Whether the largest product of bytes comes out wrong here. */
export async function hasSaturatingBytes(
  runtime: typeof InferenceSession,
  OrtTensor: TensorConstructor,
): Promise<boolean> {
  const [rows, columns] = [64, 16];
  const session = await runtime.create(probeModel(rows, columns), { logSeverityLevel: 3 });
  try {
    const x = new OrtTensor("uint8", new Uint8Array(rows).fill(255), [1, rows]);
    const { y } = await session.run({ x });
    return y?.data[0] !== 255 * 127 * rows;
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
