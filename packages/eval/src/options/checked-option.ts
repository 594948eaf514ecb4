import type { OptionName } from "../benchmark.ts";
import { EvalOptionError } from "./eval-option-error.ts";

/**
 * A value that an option may have.
 *
 * @throws {EvalOptionError} for another one.
 */
export function checkedOption<Value extends string>(
  option: OptionName,
  value: string,
  values: readonly Value[],
): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new EvalOptionError(option, `one of ${values.join(", ")}`, value);
}
