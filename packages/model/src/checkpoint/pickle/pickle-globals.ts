/**
 * The only names a checkpoint's pickle may mention, and what calling each gives: inert records. Nothing from a file
 * is ever looked up, imported or run.
 */
import type { TensorDtype } from "../checkpoint.ts";
import type {
  PickleDict,
  PickleSize,
  PickleStorage,
  PickleTensor,
  PickleValue,
} from "./pickle-values.ts";

/** Most axes of a tensor; weights have two. */
const MAX_AXES = 32;

const storageDtypes: Readonly<Record<string, TensorDtype>> = {
  "torch.BFloat16Storage": "bf16",
  "torch.HalfStorage": "f16",
  "torch.FloatStorage": "f32",
  "torch.DoubleStorage": "f64",
  "torch.LongStorage": "i64",
  "torch.IntStorage": "i32",
  "torch.ShortStorage": "i16",
  "torch.CharStorage": "i8",
  "torch.ByteStorage": "u8",
  "torch.BoolStorage": "bool",
};

const dtypeNames = new Set(
  "bfloat16 float16 float32 float64 int64 int32 int16 int8 uint8 bool".split(" "),
);

const params4bit = "bitsandbytes.nn.modules.Params4bit";
const quantState = "bitsandbytes.functional.QuantState";

type Call = (args: readonly PickleValue[]) => PickleValue;

const calls: Readonly<Record<string, Call>> = {
  "collections.OrderedDict": orderedDict,
  "torch.Size": (args) => ({ kind: "size", dims: sizes(single(args)) }),
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": ([data]) => tensor(data),
  "torch._utils._rebuild_parameter_with_state": ([data, , , state]) =>
    withState(tensor(data), state),
  "torch._tensor._rebuild_from_type_v2": rebuildFromType,
  [params4bit]: ([data]) => ({ ...tensor(data), type: params4bit }),
};

/** A call that the pickle may make was given arguments it cannot have. */
export class PickleArgumentError extends Error {
  override readonly name = "PickleArgumentError";
}

/** Whether a pickle may mention a name. */
export function isAllowedGlobal(name: string): boolean {
  return (
    Object.hasOwn(calls, name) ||
    Object.hasOwn(storageDtypes, name) ||
    name === quantState ||
    dtypeOfGlobal(name) !== undefined
  );
}

/** "float16" for `torch.float16`. */
export function dtypeOfGlobal(name: string): string | undefined {
  const dtype = name.startsWith("torch.") ? name.slice("torch.".length) : "";
  return dtypeNames.has(dtype) ? dtype : undefined;
}

/**
 * What calling an allowed global gives.
 *
 * @throws {PickleArgumentError} if it cannot be called or not with these arguments.
 */
export function callGlobal(callee: PickleValue, args: PickleValue): PickleValue {
  const name = globalName(callee);
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (call === undefined) throw new PickleArgumentError(`${name} cannot be called`);
  return call(items(args));
}

/** A new instance, without attributes yet. */
export function newInstance(callee: PickleValue, args: PickleValue): PickleValue {
  const name = globalName(callee);
  if (name !== quantState) return callGlobal(callee, args);
  return { kind: "instance", type: name, attributes: { kind: "dict", entries: new Map() } };
}

/**
 * The storage a persistent id stands for: ("storage", class, key, location, numel[, view]).
 *
 * The location is where the tensor lived ("cuda:0") and means nothing here.
 */
export function storageOf(id: PickleValue): PickleStorage {
  const [tag, type, key, , elements, view] = items(id);
  if (tag !== "storage") throw new PickleArgumentError("a persistent id is not a storage");
  const name = globalName(type);
  const dtype = Object.hasOwn(storageDtypes, name) ? storageDtypes[name] : undefined;
  if (dtype === undefined) throw new PickleArgumentError(`${name} is not a storage class`);
  if (typeof key !== "string") throw new PickleArgumentError("a storage's key is not text");
  const whole: PickleStorage = { kind: "storage", dtype, key, elements: size(elements) };
  if (view === undefined || view === null) return whole;
  const [, offset, viewElements] = items(view);
  return { ...whole, view: { offset: size(offset) }, elements: size(viewElements) };
}

/** Sets attributes, as BUILD does. */
export function buildState(target: PickleValue, state: PickleValue): void {
  const kind = recordKind(target);
  // The metadata of a module's state dict: versions of modules, of no use.
  if (kind === "dict") return;
  if (kind !== "instance") throw new PickleArgumentError("BUILD of a value without attributes");
  const { attributes } = target as { attributes: PickleDict };
  for (const part of recordKind(state) === "tuple" ? items(state) : [state]) {
    if (part === null) continue;
    for (const [key, value] of dict(part).entries) attributes.entries.set(key, value);
  }
}

function orderedDict(args: readonly PickleValue[]): PickleDict {
  const entries: PickleDict["entries"] = new Map();
  if (args.length > 0) {
    const pairs = single(args);
    if (!Array.isArray(pairs)) throw new PickleArgumentError("OrderedDict of something else");
    for (const pair of pairs) {
      const [key, value] = items(pair);
      setEntry({ kind: "dict", entries }, key, value);
    }
  }
  return { kind: "dict", entries };
}

/** Adds a pair; a key that is there already is refused, since one of both values would be lost. */
export function setEntry(
  target: PickleValue | undefined,
  key: PickleValue | undefined,
  value: PickleValue | undefined,
): void {
  const { entries } = dict(target);
  const isKey = key === null || ["string", "number", "bigint", "boolean"].includes(typeof key);
  if (!isKey || value === undefined)
    throw new PickleArgumentError("a dict key is not a plain value");
  const plain = key as string | number | bigint | boolean | null;
  if (entries.has(plain))
    throw new PickleArgumentError(`the key ${String(plain)} stands twice in a dict`);
  entries.set(plain, value);
}

function rebuildTensor(args: readonly PickleValue[]): PickleTensor {
  const [storage, offset, shape, strides] = args;
  if (recordKind(storage) !== "storage")
    throw new PickleArgumentError("a tensor without a storage");
  const tensorShape = sizes(shape);
  const tensorStrides = sizes(strides);
  if (tensorShape.length !== tensorStrides.length)
    throw new PickleArgumentError(
      `a tensor with ${tensorShape.length} axes and ${tensorStrides.length} strides`,
    );
  return {
    kind: "tensor",
    storage: storage as PickleStorage,
    offset: size(offset),
    shape: tensorShape,
    strides: tensorStrides,
  };
}

/** (function, class, arguments, state): what the function gives, as an instance of the class. */
function rebuildFromType(args: readonly PickleValue[]): PickleTensor {
  const [callee, type, inner, state] = args;
  const made = tensor(callGlobal(callee ?? null, inner ?? null));
  return withState({ ...made, type: globalName(type) }, state);
}

function withState(made: PickleTensor, state: PickleValue | undefined): PickleTensor {
  if (state === undefined || state === null) return made;
  // Python's default: the attributes, or (attributes, slots)
  const [attributes] = recordKind(state) === "tuple" ? items(state) : [state];
  return attributes === null || attributes === undefined
    ? made
    : { ...made, attributes: dict(attributes) };
}

function tensor(value: PickleValue | undefined): PickleTensor {
  if (recordKind(value) !== "tensor") throw new PickleArgumentError("expected a tensor");
  return value as PickleTensor;
}

function dict(value: PickleValue | undefined): PickleDict {
  if (recordKind(value) !== "dict") throw new PickleArgumentError("expected a dict");
  return value as PickleDict;
}

function items(value: PickleValue | undefined): readonly PickleValue[] {
  if (recordKind(value) !== "tuple") throw new PickleArgumentError("expected a tuple");
  return (value as { items: readonly PickleValue[] }).items;
}

function single(args: readonly PickleValue[]): PickleValue {
  const [value, ...others] = args;
  if (value === undefined || others.length > 0)
    throw new PickleArgumentError("expected one argument");
  return value;
}

function globalName(value: PickleValue | undefined): string {
  if (recordKind(value) !== "global") throw new PickleArgumentError("expected a class or function");
  return (value as { name: string }).name;
}

function sizes(value: PickleValue | undefined): number[] {
  const list = recordKind(value) === "size" ? (value as PickleSize).dims : items(value);
  if (list.length > MAX_AXES)
    throw new PickleArgumentError(`expected at most ${MAX_AXES} axes, got ${list.length}`);
  return list.map(size);
}

function size(value: PickleValue | undefined): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const shown = typeof value === "number" || typeof value === "bigint" ? value : typeof value;
  throw new PickleArgumentError(`expected a size or stride of at least 0, got ${shown}`);
}

function recordKind(value: PickleValue | undefined): string | undefined {
  return typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
}
