import { formatShape, type Shape } from "./tensor-type.ts";

/** An op was given shapes that do not fit together. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  readonly code = "ERR_SHAPE";
  readonly op: string;
  readonly expected: string;
  readonly actual: readonly Shape[];

  constructor(op: string, expected: string, actual: readonly Shape[], hint?: string) {
    const got = actual.map(formatShape).join(" and ");
    super(`${op}: expected ${expected}, got ${got}${hint ? ` (${hint})` : ""}`);
    this.op = op;
    this.expected = expected;
    this.actual = actual;
  }
}

/** An op was given an element type it does not take. */
export class DTypeError extends Error {
  override readonly name = "DTypeError";
  readonly code = "ERR_DTYPE";
  readonly op: string;
  readonly expected: string;
  readonly actual: string;

  constructor(op: string, expected: string, actual: string) {
    super(`${op}: expected ${expected}, got ${actual}`);
    this.op = op;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A backend has no lowering for an op, a dtype or a weight format. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
  readonly code = "ERR_UNSUPPORTED";
  readonly backend: string;
  readonly what: string;

  constructor(backend: string, what: string, hint: string) {
    super(`${backend}: expected what is supported here, got ${what} (${hint})`);
    this.backend = backend;
    this.what = what;
  }
}

/** The runtime under a backend failed: out of memory, out of disk, lost device, missing library. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  readonly code = "ERR_DEVICE";
  readonly device: string;

  constructor(device: string, message: string, options?: ErrorOptions) {
    super(`${device}: ${message}`, options);
    this.device = device;
  }
}

/** Something was used after its `dispose()`. */
export class DisposedError extends Error {
  override readonly name = "DisposedError";
  readonly code = "ERR_DISPOSED";
  readonly what: string;

  constructor(what: string) {
    super(`${what}: expected a live object, got one that was disposed (create a new one)`);
    this.what = what;
  }
}
