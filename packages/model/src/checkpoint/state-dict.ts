import type { ByteSource } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { StateValue, TensorInfo } from "./checkpoint.ts";
import { itemSize } from "./dtype.ts";
import { dtypeOfGlobal } from "./pickle/pickle-globals.ts";
import type {
  PickleDict,
  PickleStorage,
  PickleTensor,
  PickleValue,
} from "./pickle/pickle-values.ts";
import { elementCount, type StoredTensor } from "./stored-tensor.ts";

/** What one file of weights holds. */
export interface WeightsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly objects: ReadonlyMap<string, StateValue>;
  /** Tensors inside objects, by the path to them. */
  readonly nested: ReadonlyMap<string, StoredTensor>;
}

/** Where a storage lies in the file. */
export interface StorageRange {
  readonly offset: number;
  readonly size: number;
}

/** Where the storage of a tensor is; throws if the file has none. */
export type Locate = (storage: PickleStorage, tensor: string) => StorageRange;

/** 13B quantized has about 1400 tensors, nested ones included. */
export const MAX_TENSORS = 200_000;
/** Largest tensor: the embeddings of 13B are 2.6 GB in float32. A view with strides of 0 could claim any size. */
export const MAX_TENSOR_BYTES = 2 ** 35;
/** Lists in lists: a quant_state has two levels. */
const MAX_NESTING = 64;

/**
 * Turns the top value of a pickle into tensors and plain data.
 *
 * @param locate - Finds a storage's bytes.
 * @throws {CheckpointError} if it is not a dict with string keys, or a tensor does not fit its storage.
 */
export function collectStateDict(
  source: ByteSource,
  top: PickleValue,
  locate: Locate,
): WeightsFile {
  const tensors = new Map<string, StoredTensor>();
  const objects = new Map<string, StateValue>();
  const collector = new Collector(source, locate);
  for (const [name, value] of stateDictEntries(source, top)) {
    if (!isKind(value, "tensor")) {
      objects.set(name, collector.plain(value, name));
      continue;
    }
    const stored = collector.tensor(value, name);
    tensors.set(name, stored);
    const attributes = collector.attributes(value, name, stored.info);
    if (attributes !== undefined) objects.set(name, attributes);
  }
  return { tensors, objects, nested: collector.nested };
}

function stateDictEntries(source: ByteSource, top: PickleValue): [string, PickleValue][] {
  if (!isKind(top, "dict"))
    throw new CheckpointError(
      source.name,
      `expected a state dict, got ${describe(top)} (the file must hold a dict of tensors)`,
    );
  return [...top.entries].map(([key, value]) => {
    if (typeof key === "string") return [key, value];
    throw new CheckpointError(source.name, `expected keys of text, got ${String(key)}`);
  });
}

class Collector {
  readonly nested = new Map<string, StoredTensor>();
  readonly #source: ByteSource;
  readonly #locate: Locate;
  /** A value that stands in several places is converted once; undefined while its own parts are converted. */
  readonly #done = new Map<object, StateValue | undefined>();
  #count = 0;

  constructor(source: ByteSource, locate: Locate) {
    this.#source = source;
    this.#locate = locate;
  }

  tensor(value: PickleTensor, name: string): StoredTensor {
    if (++this.#count > MAX_TENSORS)
      this.#fail(name, `expected at most ${MAX_TENSORS} tensors in a file`);
    const { storage, shape, strides } = value;
    const bytesPerItem = itemSize(storage.dtype);
    const sizeBytes = elementCount(shape) * bytesPerItem;
    if (sizeBytes > MAX_TENSOR_BYTES)
      this.#fail(
        name,
        `expected at most ${MAX_TENSOR_BYTES} bytes, got shape [${shape.join(", ")}]`,
      );
    const range = this.#locate(storage, name);
    const first = value.offset + (storage.view?.offset ?? 0);
    const span =
      sizeBytes === 0 ? 0 : shape.reduce((sum, n, i) => sum + (n - 1) * (strides[i] ?? 0), 1);
    const end = (first + span) * bytesPerItem;
    if (span > 0 && end > range.size)
      this.#fail(
        name,
        `expected a storage of at least ${end} bytes, got ${range.size} (shape [${shape.join(", ")}], strides [${strides.join(", ")}], offset ${first})`,
      );
    const info: TensorInfo = {
      name,
      dtype: storage.dtype,
      shape,
      sizeBytes,
      file: this.#source.name,
    };
    return { info, source: this.#source, byteOffset: range.offset + first * bytesPerItem, strides };
  }

  /** Python attributes and class of a tensor, if it has any. */
  attributes(value: PickleTensor, name: string, info: TensorInfo): StateValue | undefined {
    if (value.attributes === undefined && value.type === undefined) return undefined;
    const attributes = value.attributes ? this.#entries(value.attributes, name, 1) : new Map();
    return { kind: "object", type: value.type ?? "torch.Tensor", attributes, tensor: info };
  }

  plain(value: PickleValue, path: string, depth = 0): StateValue {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    if (this.#done.has(value))
      return this.#done.get(value) ?? this.#fail(path, "a value contains itself");
    if (depth > MAX_NESTING) this.#fail(path, `expected at most ${MAX_NESTING} levels of nesting`);
    this.#done.set(value, undefined);
    const plain = this.#convert(value, path, depth + 1);
    this.#done.set(value, plain);
    return plain;
  }

  #convert(value: PickleValue & object, path: string, depth: number): StateValue {
    if (Array.isArray(value)) return this.#list(value, path, depth);
    if (value instanceof Uint8Array) return value;
    switch (value.kind) {
      case "tuple":
        return this.#list(value.items, path, depth);
      case "size":
        return { kind: "size", dims: value.dims };
      case "dict":
        return { kind: "dict", entries: this.#entries(value, path, depth) };
      case "instance":
        return {
          kind: "object",
          type: value.type,
          attributes: this.#entries(value.attributes, path, depth),
        };
      case "tensor": {
        const stored = this.tensor(value, path);
        this.nested.set(path, stored);
        return this.attributes(value, path, stored.info) ?? { kind: "tensor", info: stored.info };
      }
      case "global": {
        const dtype = dtypeOfGlobal(value.name);
        if (dtype !== undefined) return { kind: "dtype", name: dtype };
        return this.#fail(path, `expected a value, got the bare name ${value.name}`);
      }
      case "storage":
        return this.#fail(path, "expected a value, got a bare storage");
    }
  }

  #list(values: readonly PickleValue[], path: string, depth: number): StateValue[] {
    return values.map((item, index) => this.plain(item, `${path}[${index}]`, depth));
  }

  #entries(dict: PickleDict, path: string, depth: number): Map<string, StateValue> {
    const entries = [...dict.entries].map(([key, value]): [string, StateValue] => [
      String(key),
      this.plain(value, `${path}.${String(key)}`, depth),
    ]);
    return new Map(entries);
  }

  #fail(tensor: string, problem: string): never {
    throw new CheckpointError(this.#source.name, problem, { tensor });
  }
}

function isKind<Kind extends "dict" | "tensor">(
  value: PickleValue,
  kind: Kind,
): value is Extract<PickleValue, { kind: Kind }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

function describe(value: PickleValue): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "kind" in value ? `a ${value.kind}` : "bytes";
  return `a ${typeof value}`;
}
