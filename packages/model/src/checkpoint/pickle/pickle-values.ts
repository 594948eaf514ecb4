import type { TensorDtype } from "../checkpoint.ts";

/** What a pickle program can leave on the stack: plain data, and inert records for the few allowed classes. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor
  | PickleSize
  | PickleInstance;

export interface PickleTuple {
  readonly kind: "tuple";
  readonly items: readonly PickleValue[];
}

/** A dict or OrderedDict. */
export interface PickleDict {
  readonly kind: "dict";
  readonly entries: Map<string | number | bigint | boolean | null, PickleValue>;
}

/** An allowed class, function or dtype that has not been called. */
export interface PickleGlobal {
  readonly kind: "global";
  /** Module and name, joined by a point. */
  readonly name: string;
}

/** A run of elements in the file, shared by the tensors that view it. */
export interface PickleStorage {
  readonly kind: "storage";
  readonly dtype: TensorDtype;
  readonly key: string;
  readonly elements: number;
  /** Oldest legacy files: the storage is a piece of another one, in elements. */
  readonly view?: { readonly offset: number } | undefined;
}

export interface PickleTensor {
  readonly kind: "tensor";
  readonly storage: PickleStorage;
  /** In elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Python attributes, where the pickle sets some. */
  readonly attributes?: PickleDict | undefined;
  /** The class, where it is not Tensor or Parameter. */
  readonly type?: string | undefined;
}

export interface PickleSize {
  readonly kind: "size";
  readonly dims: readonly number[];
}

/** An instance of an allowed class; BUILD fills its attributes. */
export interface PickleInstance {
  readonly kind: "instance";
  readonly type: string;
  readonly attributes: PickleDict;
}
