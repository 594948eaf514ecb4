import { CheckpointError } from "../checkpoint-error.ts";
import type { TensorInfo } from "../checkpoint.ts";

/**
 * Scales that are not numbers would make every logit NaN without a word.
 *
 * @throws {CheckpointError} if a value is NaN or infinite, or, with `min`, below it.
 */
export function refuseNotFinite(
  { name, file }: TensorInfo,
  values: Float32Array<ArrayBuffer>,
  min = -Infinity,
): Float32Array<ArrayBuffer> {
  const wrong = values.findIndex((value) => !(Number.isFinite(value) && value >= min));
  if (wrong < 0) return values;
  const expected = min === 0 ? "finite values of at least 0" : "finite values";
  throw new CheckpointError(
    file,
    `expected ${expected}, got ${values[wrong]} at index ${wrong} (the file is damaged, or was saved wrongly)`,
    { tensor: name },
  );
}
