import type { BlockLayout } from "../block-layout.ts";
import type { FourBitBlocks, FourBitOptions } from "../four-bit/index.ts";
import type { Int16Rows } from "../int16-rows/index.ts";
import type { Int4Blocks, Int4Options } from "../int4/index.ts";
import type { Int8Blocks } from "../int8-blocks/index.ts";
import type { Int8Rows } from "../llm-int8/index.ts";

/** Weights of a job: numbers, or the bits of 16-bit ones as a checkpoint stores them, which the job's thread widens. */
type JobValues =
  | {
      /** `[O, C]`. The buffer moves to the thread that works: do not use it any more. */
      readonly values: Float32Array;
      readonly dtype?: "f32";
    }
  | { readonly values: Uint16Array; readonly dtype: "f16" | "bf16" };

/** A call of `encodeFourBit`, as data. */
export type FourBitJob = JobValues & FourBitOptions & { readonly kind: "four-bit" };

/** A call of `encodeInt8Rows`, as data. */
export type Int8RowsJob = JobValues & {
  readonly kind: "int8-rows";
  readonly cols: number;
  /** Default true, as there. */
  readonly halfFirst?: boolean;
};

/** A call of `encodeInt4`, as data. */
export type Int4Job = JobValues & Int4Options & { readonly kind: "int4" };

/** A call of `encodeInt8Blocks`, as data. */
export type Int8BlocksJob = JobValues & BlockLayout & { readonly kind: "int8-blocks" };

/** A call of `encodeInt16Rows`, as data. */
export type Int16RowsJob = JobValues & {
  readonly kind: "int16-rows";
  readonly cols: number;
};

/** An encoder's call as data, which can travel to another thread. */
export type QuantJob = FourBitJob | Int8RowsJob | Int4Job | Int8BlocksJob | Int16RowsJob;

/** What each kind of job gives. */
export interface QuantResults {
  readonly "four-bit": FourBitBlocks;
  readonly "int8-rows": Int8Rows;
  readonly int4: Int4Blocks;
  readonly "int8-blocks": Int8Blocks;
  readonly "int16-rows": Int16Rows;
}

/** What a job gives, by its kind. */
export type QuantResult<Job extends QuantJob = QuantJob> = QuantResults[Job["kind"]];
