import type { Graph, Weight } from "../../graph/graph.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";
import { PART_ARRAYS, weightParts, type WeightPart } from "../../graph/weight-format.ts";
import type { StoredWeight } from "../../ops/reference-op.ts";
import { decodeWeight } from "../decode-weight.ts";
import { lookupsOf, type Lookup } from "./lookups.ts";
import type { WeightLocation } from "./weight-store.ts";

/** Fills an array with the stored bytes from an offset of a location on. */
export type ReadBytes = (location: WeightLocation, offset: number, into: Uint8Array) => void;

/** A table whose rows are looked up where they are stored. */
export interface StoredTable {
  /** Name of the weight. */
  readonly name: string;
  /** Places of its parts, in the order of `weightParts`. */
  readonly locations: readonly WeightLocation[];
}

/** A lookup that can be done. */
export interface OpenLookup extends Pick<Lookup, "indices" | "rows"> {
  readonly reader: RowReader;
}

/**
 * Readers for all lookups of a graph.
 *
 * @throws if the places of a table are not as many and as large as its parts.
 */
export function openLookups(
  graph: Graph,
  tables: readonly StoredTable[],
  readBytes: ReadBytes,
): OpenLookup[] {
  return lookupsOf(graph).map(({ table, indices, rows }) => {
    const locations = tables.find(({ name }) => name === table.name)?.locations ?? [];
    return { indices, rows, reader: new RowReader(table, locations, readBytes) };
  });
}

interface PlacedPart extends WeightPart {
  readonly location: WeightLocation;
}

/** Makes rows of a table from its stored parts. */
export class RowReader {
  readonly #table: Weight;
  readonly #parts: readonly PlacedPart[];
  readonly #readBytes: ReadBytes;

  /** @param locations - Of its parts. */
  constructor(table: Weight, locations: StoredTable["locations"], readBytes: ReadBytes) {
    const parts = weightParts(table.format, table.shape, table.name);
    this.#table = table;
    this.#readBytes = readBytes;
    this.#parts = parts.map((part, index) => {
      const location = locations[index];
      const sizeBytes = elementCount(part.shape) * PART_ARRAYS[part.dtype].BYTES_PER_ELEMENT;
      if (location?.sizeBytes !== sizeBytes)
        throw new Error(
          `table "${table.name}": expected ${sizeBytes} bytes of ${part.name}, got ${location?.sizeBytes}`,
        );
      return { ...part, location };
    });
  }

  /**
   * Rows of the table in float32.
   *
   * @param indices - `[T]`.
   * @returns shape `[T, C]`.
   * @throws {RangeError} for an index of no row.
   */
  read(indices: Int32Array): Tensor {
    const [V = 0, ...rowShape] = this.#table.shape;
    const bad = indices.find((index) => index < 0 || index >= V);
    if (bad !== undefined)
      throw new RangeError(
        `gather from "${this.#table.name}": expected indices from 0 to ${V - 1}, got ${bad}`,
      );
    const parts = Object.fromEntries(
      this.#parts.map((part) => [part.name, this.#readPart(part, indices)]),
    );
    const shape = [indices.length, ...rowShape];
    return decodeWeight({ shape }, { format: this.#table.format, parts });
  }

  #readPart(
    { dtype, shape, location }: PlacedPart,
    indices: Int32Array,
  ): StoredWeight["parts"][string] {
    const width = elementCount(shape.slice(1));
    const values = new PART_ARRAYS[dtype](indices.length * width);
    const rowBytes = width * values.BYTES_PER_ELEMENT;
    for (const [row, index] of indices.entries())
      this.#readBytes(
        location,
        index * rowBytes,
        new Uint8Array(values.buffer, row * rowBytes, rowBytes),
      );
    return values;
  }
}
