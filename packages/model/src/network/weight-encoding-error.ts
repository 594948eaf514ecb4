import { QuantError } from "@baichuan2/quant";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { TensorInfo } from "../checkpoint/checkpoint.ts";

/**
 * What an encoder says of a weight, as an error that names tensor and file and speaks of the file's numbers; other errors
 * as they are.
 */
export function weightEncodingError(
  error: unknown,
  { name, file }: Pick<TensorInfo, "name" | "file">,
): unknown {
  if (!(error instanceof QuantError)) return error;
  const problem =
    error.expected === NOT_FINITE
      ? `expected finite weights, got ${numberOf(error)} (a weight is not finite, or beyond float16: the file is damaged, or was saved wrongly)`
      : error.message;
  return new CheckpointError(file, problem, { tensor: name, cause: error });
}

/** Without the position: the encoder saw a piece of the weight. */
function numberOf({ actual }: QuantError): string {
  return actual.split(" ")[0] ?? actual;
}

/** How every encoder of `@baichuan2/quant` puts it. */
const NOT_FINITE = "finite weights";
