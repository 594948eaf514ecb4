import {
  DeviceError,
  DisposedError,
  DTypeError,
  ShapeError,
  UnsupportedError,
} from "@baichuan2/kernels";
import { AdapterError } from "../adapter/adapter-error.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { KvCacheFullError } from "../cache/kv-cache-full-error.ts";
import { SequenceFileError } from "../cache/sequence-file-error.ts";
import { TokenIdError } from "../network/token-id-error.ts";
import { LogitsError } from "../sampling/logits-error.ts";
import { ResponseFormatError } from "../structured/response-format-error.ts";
import { EngineLimitError } from "./engine-limit-error.ts";
import { SequenceReleasedError } from "./sequence-released-error.ts";
import type { WireError } from "./protocol.ts";

/** Classes that the engine's thread throws, by the name that travels. */
const classes: Readonly<Record<string, { readonly prototype: Error }>> = {
  AdapterError,
  CheckpointError,
  DeviceError,
  DisposedError,
  DTypeError,
  EngineLimitError,
  KvCacheFullError,
  LogitsError,
  ResponseFormatError,
  SequenceFileError,
  SequenceReleasedError,
  ShapeError,
  TokenIdError,
  UnsupportedError,
};

/** An error as data for another thread: name, message and the fields that are plain data. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const fields = Object.entries(error).filter(([, value]) => isPlain(value));
  return { name: error.name, message: error.message, fields: Object.fromEntries(fields) };
}

/** An error that another thread threw: same class, message and fields, this thread's stack. */
export function fromWireError({ name, message, fields }: WireError): Error {
  const error = new Error(message);
  const known = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (known) Object.setPrototypeOf(error, known.prototype);
  return Object.assign(error, fields, { name });
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return value === null || ["string", "number", "boolean", "undefined"].includes(typeof value);
}
