import type { WireError } from "./protocol.ts";

/** An error as data for another thread. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    code: typeof code === "string" ? code : undefined,
  };
}

/** An error that another thread threw: same name, code and message, this thread's stack. */
export function fromWireError({ name, message, code }: WireError): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, code === undefined ? {} : { code });
}
