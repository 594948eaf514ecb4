import type { AdapterInfo, AdapterSource, ExpectedAdapter } from "../adapter/loaded-adapter.ts";
import type { ModelConfig } from "../config.ts";
import type { WeightDtype, WeightOptions } from "../network/weight-plan.ts";
import type { SamplerOptions } from "../sampling/sampler.ts";
import type { TokenLogprob } from "../sampling/token-logprobs.ts";
import type { ResponseFormat } from "../structured/response-format.ts";
import type { Vocabulary } from "../structured/vocabulary.ts";
import type { EngineStats } from "./engine-stats.ts";
import type { Trace } from "./tasks/hidden-states-task.ts";
import type { TokenScoring } from "./tasks/score-task.ts";

/** Where an engine's weights come from. */
export type ModelSource =
  | { readonly kind: "checkpoint"; readonly path: string }
  /** Random weights of a given shape, for measuring. */
  | { readonly kind: "synthetic"; readonly config: ModelConfig; readonly seed: number };

/** How many requests and tokens an engine takes. */
export interface EngineLimits {
  /** Sequences that share runs of the network; others wait. Default 32. */
  readonly maxSequences?: number | undefined;
  /** Requests that may wait; more are refused with an `EngineLimitError`. Default 1,024. */
  readonly maxWaiting?: number | undefined;
  /**
   * Tokens whose keys and values can be held, all sequences and the prefix cache together. Default: four times
   * `modelMaxLength`, but no more than half of the memory that is available when the weights stand.
   */
  readonly maxSlots?: number | undefined;
  /** Tokens that may be kept for later requests with the same beginning; 0 keeps none. Default 2,048. */
  readonly prefixCacheSlots?: number | undefined;
  /**
   * Prompt tokens of one run while other sequences wait for their next token: bounds the time between tokens. Default 16.
   * A deterministic engine does not cut prompts so.
   */
  readonly interleaveRows?: number | undefined;
}

/** How an engine runs. */
export interface EngineOptions extends EngineLimits {
  readonly threads?: number | undefined;
  /** Folder for the weights while the runtime maps them; default: the system's temporary folder. */
  readonly stagingDir?: string | undefined;
  /** Folder that keeps packed weights for later loads; undefined keeps none. */
  readonly packedCacheDir?: string | undefined;
  /** How the weights are held. */
  readonly weights?: WeightOptions | undefined;
  /** Makes every run give its hidden states, for `hiddenStates` requests. */
  readonly trace?: boolean | undefined;
  /** The tokens of a sequence do not depend on what else runs: each sequence runs alone. */
  readonly deterministic?: boolean | undefined;
  /** LoRA adapters to begin with; undefined: the graph takes none, nor later. */
  readonly adapters?: readonly ExpectedAdapter[] | undefined;
  /**
   * An adapter that cannot be read, or not with the numbers of before, fails the requests that name it and not the load: for a
   * thread that is started again.
   */
  readonly mayLoseAdapters?: boolean | undefined;
}

/** One generation, as ids. */
export interface GenerateJob {
  /** With `held` what comes after its tokens; may then be empty. */
  readonly promptIds: readonly number[];
  /** Texts to draw for the prompt, which is processed once. */
  readonly n: number;
  readonly maxNewTokens: number;
  /** Ids that end the text; empty to ignore the end. */
  readonly stopTokenIds: readonly number[];
  readonly sampler: SamplerOptions;
  /** Most likely alternatives to tell with each token; undefined tells no log-probabilities at all. */
  readonly topLogprobs?: number | undefined;
  /** The same for the tokens of the prompt. */
  readonly promptLogprobs?: number | undefined;
  /** What the text must be; normalised. */
  readonly format?: ResponseFormat | undefined;
  /** The caller changes each row of logits before a token is drawn from it. */
  readonly hasProcessor?: boolean | undefined;
  /** Guesses tokens from the text so far and checks several in one run. */
  readonly speculative?: boolean | undefined;
  /** Name of a loaded adapter; undefined: none. With `held` it is that sequence's. */
  readonly adapter?: string | undefined;
  /** A held sequence that the prompt continues and that takes up the result. */
  readonly held?: HeldPrefix | undefined;
}

/** A held sequence, as long as its holder knows it. */
export interface HeldPrefix {
  readonly sequenceId: number;
  readonly length: number;
}

/** Why a generation ended: an end-of-sequence token, a stop string or the end of a format; or `maxNewTokens`. */
export type FinishReason = "stop" | "length";

/** A request that runs with one of the adapters. */
export interface Adapted {
  /** Its name; undefined: none. */
  readonly adapter?: string | undefined;
}

/** What one request asks of the thread. */
export type EngineJob =
  | { readonly type: "generate"; readonly job: GenerateJob }
  | (Adapted & {
      readonly type: "logits";
      readonly tokenIds: readonly number[];
      readonly last: boolean;
    })
  | (Adapted & { readonly type: "hiddenStates"; readonly tokenIds: readonly number[] })
  | (Adapted & {
      readonly type: "score";
      readonly tokenIds: readonly number[];
      /** First token that is scored. */
      readonly from: number;
      readonly list?: number | undefined;
    })
  | (Adapted & {
      readonly type: "embed";
      readonly tokenIds: readonly number[];
      readonly list?: number | undefined;
    })
  | { readonly type: "stats" }
  /** Holds a new, empty sequence. */
  | (Adapted & { readonly type: "hold" })
  | { readonly type: "append"; readonly held: HeldPrefix; readonly tokenIds: readonly number[] }
  | { readonly type: "fork"; readonly held: HeldPrefix }
  | { readonly type: "rollback"; readonly held: HeldPrefix }
  | { readonly type: "save"; readonly held: HeldPrefix; readonly path: string }
  | { readonly type: "restore"; readonly path: string }
  | { readonly type: "loadAdapter"; readonly source: AdapterSource }
  /** Frees the name; what has begun with the adapter ends with it. */
  | { readonly type: "unloadAdapter"; readonly name: string };

/** Messages to the engine's thread. `id` names a request. */
export type EngineRequest =
  | { readonly type: "load"; readonly source: ModelSource; readonly options: EngineOptions }
  | (EngineJob & { readonly id: number })
  /** Sent once, before the first request with a format. */
  | {
      readonly type: "vocabulary";
      readonly vocabulary: Vocabulary;
      readonly eosTokenIds: readonly number[];
    }
  /** Logits that the caller's processor has changed. */
  | {
      readonly type: "processed";
      readonly id: number;
      readonly choice: number;
      readonly logits: Float32Array;
    }
  /** Lets the texts of a generation wait, or go on: their reader is slower than they are. */
  | { readonly type: "pause" | "resume"; readonly id: number }
  /** Ends one text of a generation; the others go on. */
  | { readonly type: "stopChoice"; readonly id: number; readonly choice: number }
  | { readonly type: "release"; readonly sequenceId: number }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "close" };

/** An error as data: structured clone would strip an error class of its name, code and fields. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  /** Own fields that are plain data, `code` among them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** New tokens of one text. */
export interface TokensEvent {
  readonly type: "tokens";
  readonly id: number;
  readonly choice: number;
  readonly tokenIds: readonly number[];
  /** One per token, where they were asked for. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/** Messages from the engine's thread about a request. */
export type TaskEvent =
  | TokensEvent
  /** A generation is about to run for the first time. */
  | {
      readonly type: "started";
      readonly id: number;
      /** Tokens of its prompt that need not be computed. */
      readonly cachedTokens: number;
    }
  | {
      readonly type: "promptLogprobs";
      readonly id: number;
      /** Of each token but the first. */
      readonly logprobs: readonly TokenLogprob[];
    }
  | {
      readonly type: "process";
      readonly id: number;
      readonly choice: number;
      readonly logits: Float32Array;
    }
  | {
      readonly type: "finished";
      readonly id: number;
      readonly choice: number;
      readonly reason: FinishReason;
    }
  | {
      readonly type: "logits";
      readonly id: number;
      readonly data: Float32Array;
      readonly vocabSize: number;
    }
  | {
      readonly type: "hiddenStates";
      readonly id: number;
      readonly trace: Trace;
      readonly vocabSize: number;
    }
  | { readonly type: "scores"; readonly id: number; readonly scoring: TokenScoring }
  | { readonly type: "embedding"; readonly id: number; readonly data: Float32Array }
  | { readonly type: "stats"; readonly id: number; readonly stats: EngineStats }
  | {
      readonly type: "held";
      readonly id: number;
      readonly sequenceId: number;
      readonly tokenIds: readonly number[];
      /** Name of its adapter. */
      readonly adapter?: string | undefined;
    }
  | { readonly type: "adapterLoaded"; readonly id: number; readonly info: AdapterInfo }
  | { readonly type: "appended"; readonly id: number; readonly logits: Float32Array }
  | { readonly type: "done"; readonly id: number }
  | { readonly type: "failed"; readonly id: number; readonly error: WireError };

/** Messages from the engine's thread. */
export type EngineEvent =
  | TaskEvent
  | { readonly type: "progress"; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly type: "warning"; readonly message: string }
  | {
      readonly type: "loaded";
      readonly config: ModelConfig;
      readonly dtype: WeightDtype;
      /** Undefined where the graph takes none. */
      readonly adapters: readonly AdapterInfo[] | undefined;
    }
  | { readonly type: "loadFailed"; readonly error: WireError }
  | { readonly type: "closed" };
