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
      return encodeFourBit(job.values, job);
    case "int8-rows":
      return encodeInt8Rows(job.values, job.cols, job);
    case "int4":
      return encodeInt4(job.values, job);
    case "int8-blocks":
      return encodeInt8Blocks(job.values, job);
    case "int16-rows":
      return encodeInt16Rows(job.values, job.cols);
    default:
      throw new QuantError("runJob", "a known kind of job", String((job as QuantJob).kind));
  }
}
