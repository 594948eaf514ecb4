/** What went wrong; decides what a caller can do. */
export type HubFailure =
  /** Neither a directory nor `owner/name`. */
  | "invalid-id"
  | "not-found"
  | "no-such-revision"
  /** No token, a wrong one, or terms not accepted yet. */
  | "unauthorized"
  /** Offline mode, and the model is not (wholly) in the cache. */
  | "offline"
  | "network"
  /** The hub answered with something else than expected, or with a failure of its own. */
  | "server"
  /** Downloaded bytes do not have the announced size or hash. */
  | "damaged"
  /** The model lacks files that are needed, e.g. weights. */
  | "incomplete"
  /** The cache folder cannot be read or written. */
  | "cache"
  | "aborted";

/** What else is known about a failure. */
export interface HubErrorDetails {
  readonly hint?: string | undefined;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** A model could not be found or downloaded. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly code = "ERR_HUB";
  readonly failure: HubFailure;
  /** The id (or what was given as one), with the revision if that is not `main`. */
  readonly id: string;
  /** HTTP status of the hub's answer, where there was one. */
  readonly status: number | undefined;
  /** What to do. */
  readonly hint: string | undefined;

  constructor(failure: HubFailure, id: string, problem: string, details: HubErrorDetails = {}) {
    super(`${id}: ${problem}${details.hint ? ` (${details.hint})` : ""}`, { cause: details.cause });
    this.failure = failure;
    this.id = id;
    this.status = details.status;
    this.hint = details.hint;
  }
}
