import { GenerationOptionError } from "@baichuan2/model";
import { describeOptionError, snakeCase } from "./sampling-options.ts";

/** A line that is not what the verb takes. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly code: "ERR_JSON" | "ERR_REQUEST";

  constructor(code: LineError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a line that failed answers with. */
export function toLineError(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: "ERR_FAILED", message: String(error) };
  const { code } = error as { code?: unknown };
  const message =
    error instanceof GenerationOptionError ? describeOptionError(error, snakeCase) : error.message;
  return { code: typeof code === "string" ? code : "ERR_FAILED", message };
}

const fatalCodes = new Set<unknown>([
  "ERR_DEVICE",
  "ERR_DISPOSED",
  "ERR_INTERRUPTED",
  "EPIPE",
  "ERR_WORKER_OUT_OF_MEMORY",
  "ERR_STREAM_DESTROYED",
]);

/** Whether every further line would fail in the same way. */
export function isFatal(error: unknown): boolean {
  return error instanceof Error && fatalCodes.has((error as { code?: unknown }).code);
}
