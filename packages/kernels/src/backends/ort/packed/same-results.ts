import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";
import type { Graph } from "../../../graph/graph.ts";
import { elementCount } from "../../../graph/tensor.ts";
import { createSession, type SessionFactory } from "../create-session.ts";
import { sessionInputs, type SessionInput } from "../lookups.ts";

/**
 * Whether models give the same bits, from one run each on the smallest feeds that the graph takes.
 *
 * @param paths - Models of the graph.
 */
export async function sameResults(
  graph: Graph,
  sessions: SessionFactory,
  paths: readonly string[],
): Promise<boolean> {
  let first: Uint8Array[] | undefined;
  for (const path of paths) {
    const session = await createSession(sessions, path);
    try {
      const results = await runOnce(graph, session, sessions.OrtTensor);
      first ??= results;
      const isSame = results.every((bytes, i) => Buffer.compare(bytes, first?.[i] ?? bytes) === 0);
      if (!isSame) return false;
    } finally {
      await session.release();
    }
  }
  return true;
}

/** Bytes of every output. */
async function runOnce(
  graph: Graph,
  session: InferenceSession,
  OrtTensor: TensorConstructor,
): Promise<Uint8Array[]> {
  const feeds: Record<string, Tensor> = {};
  for (const input of sessionInputs(graph)) feeds[input.name] = smallestFeed(input, OrtTensor);
  const results = await session.run(feeds);
  return [...graph.outputs.keys()].map((name) => {
    const data = results[name]?.data as Float32Array | undefined;
    return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
  });
}

/** Numbers from -1 to 1, and zeros for ids. A size that is a letter is 1, one that is a sum (`S+T`) counts its letters. */
function smallestFeed({ dtype, shape }: SessionInput, OrtTensor: TensorConstructor): Tensor {
  const sizes = shape.map((size) => (typeof size === "number" ? size : size.split("+").length));
  const count = elementCount(sizes);
  if (dtype === "i32") return new OrtTensor("int32", new Int32Array(count), sizes);
  const values = Float32Array.from({ length: count }, (_, index) => Math.sin(index + 1));
  return new OrtTensor("float32", values, sizes);
}
