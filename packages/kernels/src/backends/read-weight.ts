import type { WeightReader } from "../backend.ts";
import type { Weight } from "../graph/graph.ts";
import { elementCount } from "../graph/tensor.ts";
import { PART_ARRAYS, weightParts } from "../graph/weight-format.ts";
import type { StoredWeight } from "../ops/reference-op.ts";

/**
 * Reads all parts of a weight.
 *
 * @throws if the reader gives more or fewer values than a part has.
 */
export async function readWeight(
  weight: Pick<Weight, "name" | "shape" | "format">,
  reader: WeightReader,
  signal: AbortSignal | undefined,
): Promise<StoredWeight> {
  const parts = weightParts(weight.format, weight.shape, weight.name).map(
    ({ name, dtype, shape }) => {
      return { name, data: new PART_ARRAYS[dtype](elementCount(shape)), filled: 0 };
    },
  );
  for await (const chunk of reader.read(weight.name, signal)) {
    signal?.throwIfAborted();
    for (const part of parts) {
      const values = chunk[part.name];
      if (!values) continue;
      if (part.filled + values.length <= part.data.length) part.data.set(values, part.filled);
      part.filled += values.length;
    }
  }
  for (const { name, data, filled } of parts) {
    if (filled === data.length) continue;
    throw new Error(
      `weight "${weight.name}": expected ${data.length} values of ${name}, got ${filled}`,
    );
  }
  const { format } = weight;
  return { format, parts: Object.fromEntries(parts.map(({ name, data }) => [name, data])) };
}
