import type { ApiKey } from "./http/api-keys.ts";

/** Requests of a key in a minute. */
export interface RateLimit {
  readonly requestsPerMinute?: number | undefined;
  /** Of prompts and answers. */
  readonly tokensPerMinute?: number | undefined;
}

/** What a server keeps to. */
export interface ServerSettings {
  /** Fields that are not known are refused; default: left aside, and named in the header `x-baichuan2-ignored`. */
  readonly isStrict: boolean;
  /** Who may use it; empty: anybody. */
  readonly apiKeys: readonly ApiKey[];
  /** Pages of these origins may call it from a browser; exact, such as `https://chat.example.com`. */
  readonly corsOrigins: readonly string[];
  readonly rateLimit: RateLimit;
  /** Of a request's body; files have their own limit. */
  readonly bodyLimitBytes: number;
  readonly fileLimitBytes: number;
  /** A request that takes longer is ended. */
  readonly requestTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** Sequences that the engine runs side by side; as the model was loaded. */
  readonly maxSequences: number;
  /** Sequences that may wait. */
  readonly maxWaiting: number;
  /** Prompts and answers stand in the log. */
  readonly logsPrompts: boolean;
  /** Folder of files and fine-tuning jobs; undefined: there are none. */
  readonly dataDir: string | undefined;
  /** Threads that train; undefined: as the trainer thinks best. */
  readonly trainingThreads: number | undefined;
  /** Of the program. */
  readonly version: string;
}

/** What holds where nothing is said. */
export const defaultSettings: ServerSettings = {
  isStrict: false,
  apiKeys: [],
  corsOrigins: [],
  rateLimit: {},
  bodyLimitBytes: 4 * 2 ** 20,
  fileLimitBytes: 512 * 2 ** 20,
  requestTimeoutMs: 600_000,
  pingIntervalMs: 15_000,
  maxSequences: 32,
  maxWaiting: 128,
  logsPrompts: false,
  dataDir: undefined,
  trainingThreads: undefined,
  version: "0.0.0",
};
