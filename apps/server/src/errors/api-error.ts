import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What kind of error OpenAI's body names. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "rate_limit_error"
  | "server_error";

/** What an error tells besides its message. */
export interface ApiErrorFacts {
  readonly status: ContentfulStatusCode;
  readonly type: ErrorType;
  /** What is wrong, for machines; null: the type says it all. */
  readonly code?: string | null | undefined;
  /** The field of the request that is wrong, such as `messages[0].content`. */
  readonly param?: string | null | undefined;
  /** When another try makes sense. */
  readonly retryAfterMs?: number | undefined;
  /** Told to clients in `x-should-retry`; default: they decide by the status. */
  readonly shouldRetry?: boolean | undefined;
  readonly cause?: unknown;
}

/** An error as clients of OpenAI's API know it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ContentfulStatusCode;
  readonly type: ErrorType;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfterMs: number | undefined;
  readonly shouldRetry: boolean | undefined;

  constructor(message: string, facts: ApiErrorFacts) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.type = facts.type;
    this.code = facts.code ?? null;
    this.param = facts.param ?? null;
    this.retryAfterMs = facts.retryAfterMs;
    this.shouldRetry = facts.shouldRetry;
  }

  /** The body that OpenAI's API sends. */
  toBody(): {
    readonly error: Readonly<Record<"message" | "type" | "param" | "code", string | null>>;
  } {
    const { message, type, param, code } = this;
    return { error: { message, type, param, code } };
  }

  /** Headers that clients read; `retry-after` in whole seconds, at least 1. */
  get headers(): Record<string, string> {
    const { retryAfterMs, shouldRetry } = this;
    return {
      ...(retryAfterMs !== undefined && {
        "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
        "retry-after-ms": String(Math.max(1, Math.round(retryAfterMs))),
      }),
      ...(shouldRetry !== undefined && { "x-should-retry": String(shouldRetry) }),
    };
  }
}

/** 400: the request cannot be answered as it is. */
export function invalidRequest(
  message: string,
  { param, code, cause }: Pick<ApiErrorFacts, "param" | "code" | "cause"> = {},
): ApiError {
  return new ApiError(message, { status: 400, type: "invalid_request_error", param, code, cause });
}

/** 404: nothing has the name. */
export function notFound(
  message: string,
  facts: Pick<ApiErrorFacts, "param" | "code"> = {},
): ApiError {
  return new ApiError(message, { status: 404, type: "not_found_error", ...facts });
}

/**
 * 413.
 *
 * @param what - The body, or the field `file` of a form.
 * @param limit - Bytes.
 */
export function tooLarge(what: "body" | "file", limit: number): ApiError {
  return new ApiError(`${what}: expected at most ${limit} bytes, got more`, {
    status: 413,
    type: "invalid_request_error",
    code: "request_too_large",
    param: what === "file" ? what : null,
  });
}

/** 503: not now; clients try again by themselves. */
export function unavailable(
  message: string,
  { code, retryAfterMs = 1000, cause }: Pick<ApiErrorFacts, "code" | "retryAfterMs" | "cause"> = {},
): ApiError {
  return new ApiError(message, {
    status: 503,
    type: "server_error",
    code,
    retryAfterMs,
    shouldRetry: true,
    cause,
  });
}

/** nginx's number for a client that did not wait; it stands in the log, nobody reads it. */
const CLIENT_CLOSED_REQUEST = 499 as ContentfulStatusCode;

/** The client has gone before it was answered. */
export function clientGone(cause?: unknown): ApiError {
  return new ApiError("the client has gone", {
    status: CLIENT_CLOSED_REQUEST,
    type: "invalid_request_error",
    code: "client_gone",
    cause,
  });
}
