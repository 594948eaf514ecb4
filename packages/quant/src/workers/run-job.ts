import { fromBfloat16Bits } from "../bfloat16.ts";
import { fromFloat16Bits } from "../float16.ts";
import { encodeFourBit } from "../four-bit/index.ts";
import { encodeInt16Rows } from "../int16-rows/index.ts";
import { encodeInt4 } from "../int4/index.ts";
import { encodeInt8Blocks } from "../int8-blocks/index.ts";
import { encodeInt8Rows } from "../llm-int8/index.ts";
import { QuantError } from "../quant-error.ts";
import type { QuantJob, QuantResult } from "./quant-job.ts";

/**
 * Runs a job on the calling thread; its values stay as they are.
 *
 * @throws {QuantError} as the encoder does, and for an unknown kind.
 */
export function runJob<Job extends QuantJob>(job: Job): QuantResult<Job>;
export function runJob(job: QuantJob): QuantResult {
  switch (job.kind) {
    case "four-bit":
      return encodeFourBit(valuesOf(job), job);
    case "int8-rows":
      return encodeInt8Rows(valuesOf(job), job.cols, job);
    case "int4":
      return encodeInt4(valuesOf(job), job);
    case "int8-blocks":
      return encodeInt8Blocks(valuesOf(job), job);
    case "int16-rows":
      return encodeInt16Rows(valuesOf(job), job.cols);
    default:
      throw new QuantError("runJob", "a known kind of job", String((job as QuantJob).kind));
  }
}

function valuesOf({ values, dtype }: QuantJob): Float32Array {
  if (values instanceof Float32Array) return values;
  return dtype === "bf16" ? fromBfloat16Bits(values) : fromFloat16Bits(values);
}
