import { adapterKeys, type TrainedAdapter } from "../lora/adapter-parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../network/trained-parameters.ts";
import type { TrainingNetworkOptions } from "../network/training-network.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** What decides about a network besides arguments. */
export interface NetworkFacts {
  readonly zLossWeight: number;
  readonly adapter: TrainedAdapter | undefined;
  readonly threads?: number | undefined;
}

/** What of a network is trained, and how. */
export function networkOptions(
  args: Pick<TrainingArguments, "gradient_checkpointing">,
  { zLossWeight, adapter, threads }: NetworkFacts,
): TrainingNetworkOptions {
  return {
    recompute: args.gradient_checkpointing,
    trained: adapter ? adapterKeys(adapter.targets) : LAYER_WEIGHTS,
    trainedOutside: adapter ? [] : OUTSIDE_WEIGHTS,
    isHeadNormalized: adapter !== undefined,
    hasZLoss: zLossWeight !== 0,
    lora: adapter?.targets,
    threads,
  };
}
