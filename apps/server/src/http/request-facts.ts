/** What the access log and traces tell of a request besides its line; filled in by who answers it. */
export interface RequestFacts {
  model?: string;
  promptTokens?: number;
  cachedTokens?: number;
  completionTokens?: number;
  finishReason?: string;
  timeToFirstTokenMs?: number;
  queueMs?: number;
  isStream?: boolean;
  /** The client did not wait for the end of the answer. */
  isGone?: boolean;
  /** To be called when the answer has ended. */
  onEnd?: () => void;
  /** Status that an error within a stream would have had. */
  errorStatus?: number;
  /** Why it failed, with what the client is not told. */
  error?: Error | string;
  /** Prompt and answer, where the server is told to log them. */
  prompt?: unknown;
  answer?: unknown;
}
