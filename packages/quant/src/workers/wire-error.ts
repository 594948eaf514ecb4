import { QuantError } from "../quant-error.ts";
import type { WireError } from "./protocol.ts";

/** An error as data: name, message and the fields that are text. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const fields = Object.entries(error).filter(([, value]) => typeof value === "string");
  return { name: error.name, message: error.message, fields: Object.fromEntries(fields) };
}

/** An error that another thread threw: same class, message and fields, this thread's stack. */
export function fromWireError({ name, message, fields }: WireError): Error {
  const error = new Error(message);
  if (name === "QuantError") Object.setPrototypeOf(error, QuantError.prototype);
  return Object.assign(error, fields, { name });
}
