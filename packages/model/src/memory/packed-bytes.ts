import { weightParts, type WeightFormat, type WeightPart } from "@baichuan2/kernels";

/**
 * What onnxruntime 1.30 makes of a matrix `[O, C]` when a session is made: its kernels for x86-64 want it packed. Letters:
 * O rows, C columns, B blocks in a row. These formulas are, to the byte, what it saves as packed initializers; other
 * processors pack otherwise, in about as many bytes.
 */

/** Rows that are packed together; the last panel is filled up. */
const PANEL_ROWS = 16;

/** Columns that a byte kernel takes at a time. */
const BYTE_COLUMNS = 4;

/** Room to align the codes, scales and sums of a block matrix to 64 bytes: twice at most 63. */
const BLOCK_ALIGNMENT = 126;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** Bytes of a weight in memory, each part of it once. */
export interface WeightBytes {
  /** What the kernels read: memory of the process, or mapped from a cache of packed weights. */
  readonly packedBytes: number;
  /** What stays mapped from the file of the weights: the system takes back what is not in use. */
  readonly mappedBytes: number;
  /** Arrays in the file of the weights while they are loaded. */
  readonly storedParts: readonly number[];
}

/**
 * Bytes of one weight on the CPU.
 *
 * @param op - The op that takes it: a `linear` packs it, others read it where it is mapped.
 */
export function weightBytes(
  { format, shape }: { readonly format: WeightFormat; readonly shape: readonly number[] },
  op: string,
): WeightBytes {
  const held = heldFormat(format);
  const parts = weightParts(held, shape);
  const storedParts = parts.map(partBytes);
  const all = sum(storedParts);
  if (op !== "linear") return { packedBytes: 0, mappedBytes: all, storedParts };
  const [O = 0] = shape;
  // LLM.int8() keeps its codes once more, for outlier columns, and a folded constant of a number per row.
  if (held.kind === "int8")
    return { packedBytes: packedBytes(held, shape) + FLOAT * O, mappedBytes: all, storedParts };
  const unpacked = parts.filter(({ name }) => !PACKED_PARTS.includes(name)).map(partBytes);
  return { packedBytes: packedBytes(held, shape), mappedBytes: sum(unpacked), storedParts };
}

/** Parts whose bytes nobody reads again once the kernels have packed them. */
const PACKED_PARTS: readonly string[] = ["values", "high", "low", "packed"];

/** Codebook formats are held as int8 blocks: no CPU kernel looks codes up. */
function heldFormat(format: WeightFormat): WeightFormat {
  if (format.kind !== "nf4" && format.kind !== "fp4") return format;
  return { kind: "int8-blocks", blockSize: format.blockSize };
}

/** Bytes of a packed matrix: panels of rows, and for integers the sums of codes that zero points need. */
function packedBytes(format: WeightFormat, [O = 0, C = 0]: readonly number[]): number {
  const rows = Math.ceil(O / PANEL_ROWS) * PANEL_ROWS;
  switch (format.kind) {
    case "f32":
      return rows * C * FLOAT;
    case "int8":
      return bytePanels(rows, C);
    case "int16":
      return 2 * bytePanels(rows, C);
    case "int4":
    case "int8-blocks": {
      const B = C / format.blockSize;
      const codes = (O * C) / (format.kind === "int4" ? 2 : 1);
      return codes + (O + rows) * B * FLOAT + BLOCK_ALIGNMENT;
    }
    default:
      throw new Error(`packedBytes: expected a format of linears, got ${format.kind}`);
  }
}

function bytePanels(rows: number, C: number): number {
  return rows * (Math.ceil(C / BYTE_COLUMNS) * BYTE_COLUMNS + FLOAT);
}

const ITEM_BYTES: Readonly<Record<WeightPart["dtype"], number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  i8: 1,
  u8: 1,
};

function partBytes({ dtype, shape }: WeightPart): number {
  return ITEM_BYTES[dtype] * shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
