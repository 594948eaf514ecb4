import type { AdapterConfig, ModelConfig, ModelSource } from "@baichuan2/model";
import type { TrainedAdapter } from "../lora/adapter-parameters.ts";
import { newAdapter } from "../lora/new-adapter.ts";
import { joinParameters, layerKey, parameterOf, type Parameters } from "../network/parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../network/trained-parameters.ts";
import { openFrozenBase, openTrainedBase, type OpenBaseOptions } from "./open-base.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** An adapter that is trained, and what its file will say of it. */
export type NewAdapter = TrainedAdapter & { readonly config: AdapterConfig };

/** The parameters of a run. */
export interface OpenParameters {
  readonly config: ModelConfig;
  /** All parameters. */
  readonly parameters: Parameters;
  /** Those that are trained, in the order in which they are written; they change in place. */
  readonly trained: ReadonlyMap<string, Float32Array>;
  /** Numbers of all parameters. */
  readonly parameterCount: number;
  readonly adapter: NewAdapter | undefined;
}

/**
 * Reads the parameters that are trained, or a base and a new adapter on it.
 *
 * @throws {CheckpointError | UnsupportedError} for what cannot be used.
 */
export async function openParameters(
  args: TrainingArguments,
  source: ModelSource,
  options: OpenBaseOptions,
): Promise<OpenParameters> {
  if (args.use_lora) return openAdapted(args, source, options);
  const { config, weights } = await openTrainedBase(source, options);
  const trained = new Map(
    trainedNames(config).map((name) => [name, parameterOf(weights, name)] as const),
  );
  const parameterCount = count(trained);
  return { config, parameters: trained, trained, parameterCount, adapter: undefined };
}

async function openAdapted(
  args: TrainingArguments,
  source: ModelSource,
  options: OpenBaseOptions,
): Promise<OpenParameters> {
  const { config, weights } = await openFrozenBase(source, args.base_dtype, options);
  const adapter = newAdapterOf(args, config);
  const trained = adapter.parameters;
  return {
    config,
    parameters: joinParameters(trained, weights),
    trained,
    parameterCount: weights.size + count(trained),
    adapter,
  };
}

/** The adapter that arguments ask for, before its first step. */
export function newAdapterOf(args: TrainingArguments, model: ModelConfig): NewAdapter {
  const config: AdapterConfig = {
    rank: args.lora_r,
    alpha: args.lora_alpha,
    useRslora: args.use_rslora,
    dropout: args.lora_dropout,
    targetModules: args.lora_target_modules,
    rankPattern: {},
    alphaPattern: {},
    baseModel: args.model_name_or_path,
  };
  const { lora_target_modules: targetModules, seed } = args;
  return { ...newAdapter(model, { ...config, targetModules, seed }), config };
}

/** Numbers of some parameters. */
export function count(parameters: ReadonlyMap<string, Float32Array>): number {
  return [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
}

/** In the order of checkpoints. */
function trainedNames({ numHiddenLayers }: ModelConfig): string[] {
  const [embeddings = "", ...rest] = OUTSIDE_WEIGHTS;
  const layers = Array.from({ length: numHiddenLayers }, (_, layer) =>
    LAYER_WEIGHTS.map((key) => layerKey(layer, key)),
  );
  return [embeddings, ...layers.flat(), ...rest];
}
