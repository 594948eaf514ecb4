import type { ModelConfig } from "../config.ts";
import type { WeightDtype, WeightOptions } from "../network/weight-plan.ts";
import type { SamplerOptions } from "../sampling/sampler.ts";
import type { MemoryInUse } from "./memory-in-use.ts";
import type { TokenScoring } from "./score-in-chunks.ts";
import type { Trace } from "./trace-in-chunks.ts";

/** Where an engine's weights come from. */
export type ModelSource =
  | { readonly kind: "checkpoint"; readonly path: string }
  /** Random weights of a given shape, for measuring. */
  | { readonly kind: "synthetic"; readonly config: ModelConfig; readonly seed: number };

/** How an engine runs. */
export interface EngineOptions {
  readonly threads?: number | undefined;
  /** Folder for the weights while the runtime maps them; default: the system's temporary folder. */
  readonly stagingDir?: string | undefined;
  /** Folder that keeps packed weights for later loads; undefined keeps none. */
  readonly packedCacheDir?: string | undefined;
  /** How the weights are held. */
  readonly weights?: WeightOptions | undefined;
  /** Makes every run give its hidden states, for `hiddenStates` requests. */
  readonly trace?: boolean | undefined;
}

/** One generation, as ids. */
export interface GenerateJob {
  readonly promptIds: readonly number[];
  readonly maxNewTokens: number;
  /** Ids that end the text; empty to ignore the end. */
  readonly stopTokenIds: readonly number[];
  readonly sampler: SamplerOptions;
}

/** Why a generation ended: an end-of-sequence token or stop string, or `maxNewTokens`. */
export type FinishReason = "stop" | "length";

/** Messages to the engine's thread. `id` names a job. */
export type EngineRequest =
  | { readonly type: "load"; readonly source: ModelSource; readonly options: EngineOptions }
  | { readonly type: "generate"; readonly id: number; readonly job: GenerateJob }
  | {
      readonly type: "logits";
      readonly id: number;
      readonly tokenIds: readonly number[];
      readonly last: boolean;
    }
  | { readonly type: "hiddenStates"; readonly id: number; readonly tokenIds: readonly number[] }
  | {
      readonly type: "score";
      readonly id: number;
      readonly tokenIds: readonly number[];
      /** First token that is scored. */
      readonly from: number;
    }
  | { readonly type: "stats"; readonly id: number }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "close" };

/** An error as data: structured clone would strip an error class of its name, code and fields. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  /** Own fields that are plain data, `code` among them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an engine says of itself, and of its process. */
export interface EngineStats extends MemoryInUse {
  /** Bytes reserved for keys and values. */
  readonly cacheBytes: number;
}

/** Messages from the engine's thread. */
export type EngineEvent =
  | { readonly type: "progress"; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "loaded"; readonly config: ModelConfig; readonly dtype: WeightDtype }
  | { readonly type: "loadFailed"; readonly error: WireError }
  | { readonly type: "token"; readonly id: number; readonly tokenId: number }
  | { readonly type: "finished"; readonly id: number; readonly reason: FinishReason }
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
  | { readonly type: "stats"; readonly id: number; readonly stats: EngineStats }
  | { readonly type: "failed"; readonly id: number; readonly error: WireError }
  | { readonly type: "closed" };
