/**
 * The quant_state of bitsandbytes in its three shapes, brought into one.
 *
 * - A list (0.39 to 0.41): `[absmax, shape, dtype, blocksize, [offset, state2] or None, quant_type, code]`, the last entry
 *   since 0.40; `state2 = [absmax, code, blocksize, …]`, of which 0.39 wrote the first two only.
 * - A `QuantState` object (0.42 and later) with attributes of those names, `offset` and `state2` among them.
 * - Keys of their own next to the weight, with the rest as JSON: `flat-state.ts`.
 *
 * @see https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.41.0/bitsandbytes/functional.py (`quantize_4bit`)
 */
import type { StateValue, TensorInfo } from "../checkpoint.ts";

/** How the absmax was quantized once more. */
export interface NestedState {
  /** One for each block of codes. */
  readonly absmax: TensorInfo;
  /** Value of each of the 256 codes; the dynamic map where absent. */
  readonly map?: TensorInfo | undefined;
  readonly blockSize: number;
  readonly offset: TensorInfo | number;
}

/** Everything that 4-bit codes need to become weights; not checked yet. */
export interface FourBitState {
  readonly absmax: TensorInfo;
  readonly shape: readonly number[];
  /** Without `torch.`: "float16". */
  readonly dtype: string;
  readonly blockSize: number;
  readonly quantType: string;
  /** Value of each of the 16 codes; the type's own table where absent. */
  readonly code?: TensorInfo | undefined;
  readonly nested?: NestedState | undefined;
}

/** Block of the absmax where an old state does not tell. */
const NESTED_BLOCK_SIZE = 256;

/** A value that is no quant_state; the message reads `expected …, got …`. */
export class QuantStateError extends Error {
  override readonly name = "QuantStateError";
}

/**
 * Reads a list or object.
 *
 * @throws {QuantStateError} if a part is missing or of another kind.
 */
export function readQuantState(value: StateValue): FourBitState {
  const fields = stateFields(value);
  const nested = nestedFields(fields);
  return {
    absmax: tensorOf(fields.absmax, "absmax"),
    shape: sizesOf(fields.shape),
    dtype: dtypeName(fields.dtype),
    blockSize: numberOf(fields.blocksize, "blocksize"),
    quantType:
      typeof fields.quant_type === "string" ? fields.quant_type : kindOf(fields.quant_type),
    code: optionalTensor(fields.code, "code"),
    nested: nested && readNested(nested.offset, nested.state2),
  };
}

type Fields = Record<string, StateValue | undefined>;

function stateFields(value: StateValue): Fields {
  if (isObject(value)) return Object.fromEntries(value.attributes);
  if (!isList(value) || value.length < 6 || value.length > 7)
    throw new QuantStateError(
      `expected a list of 6 or 7 or a QuantState, got ${isList(value) ? `a list of ${value.length}` : kindOf(value)}`,
    );
  const [absmax, shape, dtype, blocksize, compressed, quantType, code] = value;
  return { absmax, shape, dtype, blocksize, compressed, quant_type: quantType, code };
}

function nestedFields({ compressed, offset, state2 }: Fields): Fields | undefined {
  if (isList(compressed)) {
    if (compressed.length === 2) return { offset: compressed[0], state2: compressed[1] };
    throw new QuantStateError(`expected [offset, state2], got a list of ${compressed.length}`);
  }
  return isNone(state2) ? undefined : { offset, state2 };
}

function readNested(offset: StateValue | undefined, state2: StateValue | undefined): NestedState {
  const isShort = isList(state2) && (state2.length < 2 || state2.length > 7);
  if (!isObject(state2) && (!isList(state2) || isShort))
    throw new QuantStateError(
      `expected state2 as a list of 2 to 7 or a QuantState, got ${isShort ? `a list of ${state2.length}` : kindOf(state2)}`,
    );
  const fields: Fields = isObject(state2)
    ? Object.fromEntries(state2.attributes)
    : { absmax: state2[0], code: state2[1], blocksize: state2[2] };
  return {
    absmax: tensorOf(fields.absmax, "absmax of state2"),
    map: optionalTensor(fields.code, "code of state2"),
    blockSize: isNone(fields.blocksize)
      ? NESTED_BLOCK_SIZE
      : numberOf(fields.blocksize, "blocksize of state2"),
    offset: typeof offset === "number" ? offset : tensorOf(offset, "offset"),
  };
}

function tensorOf(value: StateValue | undefined, what: string): TensorInfo {
  if (typeof value === "object" && value !== null && "kind" in value) {
    if (value.kind === "tensor") return value.info;
    if (value.kind === "object" && value.tensor) return value.tensor;
  }
  throw new QuantStateError(`expected ${what} as a tensor, got ${kindOf(value)}`);
}

function optionalTensor(value: StateValue | undefined, what: string): TensorInfo | undefined {
  return isNone(value) ? undefined : tensorOf(value, what);
}

function sizesOf(value: StateValue | undefined): readonly number[] {
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "size")
    return value.dims;
  if (isList(value) && value.every((size) => typeof size === "number")) return value;
  throw new QuantStateError(`expected shape as a torch.Size, got ${kindOf(value)}`);
}

function dtypeName(value: StateValue | undefined): string {
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "dtype")
    return value.name;
  throw new QuantStateError(`expected dtype as a torch dtype, got ${kindOf(value)}`);
}

function numberOf(value: StateValue | undefined, what: string): number {
  if (typeof value === "number") return value;
  throw new QuantStateError(`expected ${what} as a number, got ${kindOf(value)}`);
}

function isNone(value: StateValue | undefined): value is null | undefined {
  return value === null || value === undefined;
}

function isList(value: StateValue | undefined): value is readonly StateValue[] {
  return Array.isArray(value);
}

function isObject(value: StateValue | undefined): value is Extract<StateValue, { kind: "object" }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
}

function kindOf(value: StateValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (isList(value)) return "a list";
  if (typeof value !== "object") return `${typeof value} ${String(value)}`;
  return "kind" in value ? `a ${value.kind}` : "bytes";
}
