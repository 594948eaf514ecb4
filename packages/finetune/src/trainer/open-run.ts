import { join } from "node:path";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import {
  readGenerationConfig,
  readJsonFile,
  resolveModel,
  type AdapterConfig,
  type ModelConfig,
} from "@baichuan2/model";
import { fromFile } from "@baichuan2/tokenizer/node";
import { adapterKeys, type TrainedAdapter } from "../lora/adapter-parameters.ts";
import { newAdapter } from "../lora/new-adapter.ts";
import { joinParameters, layerKey, parameterOf, type Parameters } from "../network/parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../network/trained-parameters.ts";
import { TrainingNetwork } from "../network/training-network.ts";
import { readDeepSpeedConfig } from "./deepspeed-config.ts";
import { openFrozenBase, openTrainedBase, type OpenBaseOptions } from "./open-base.ts";
import { readTrainingData, type TrainingData } from "./training-data.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** What a run works with. */
export interface OpenRun extends AsyncDisposable {
  readonly args: TrainingArguments;
  readonly config: ModelConfig;
  /** Directory of the model that is trained. */
  readonly modelPath: string;
  readonly data: TrainingData;
  readonly network: TrainingNetwork;
  /** All parameters. */
  readonly parameters: Parameters;
  /** Those that are trained, in the order in which they are written; they change in place. */
  readonly trained: ReadonlyMap<string, Float32Array>;
  /** Numbers of all parameters. */
  readonly parameterCount: number;
  readonly zLossWeight: number;
  readonly adapter: (TrainedAdapter & { readonly config: AdapterConfig }) | undefined;
}

/**
 * Opens model, tokenizer and data of a run.
 *
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used.
 */
export async function openRun(args: TrainingArguments, options: OpenBaseOptions): Promise<OpenRun> {
  if (args.deepspeed !== undefined) await readDeepSpeedConfig(args.deepspeed, args);
  const { path } = await resolveModel(args.model_name_or_path, { signal: options.signal });
  const { config, ...base } = await openParameters(args, path, options);
  const data = await openData(args, path, config, options.signal);
  const zLossWeight = args.z_loss_weight ?? config.zLossWeight;
  const { adapter } = base;
  const network = await TrainingNetwork.create(config, await createOrtNodeBackend(), {
    recompute: args.gradient_checkpointing,
    trained: adapter ? adapterKeys(adapter.targets) : LAYER_WEIGHTS,
    trainedOutside: adapter ? [] : OUTSIDE_WEIGHTS,
    isHeadNormalized: adapter !== undefined,
    hasZLoss: zLossWeight !== 0,
    lora: adapter?.targets,
    threads: options.threads,
  });
  return {
    args,
    config,
    modelPath: path,
    data,
    network,
    zLossWeight,
    ...base,
    [Symbol.asyncDispose]: () => network.dispose(),
  };
}

type OpenParameters = Pick<
  OpenRun,
  "config" | "parameters" | "trained" | "parameterCount" | "adapter"
>;

async function openParameters(
  args: TrainingArguments,
  path: string,
  options: OpenBaseOptions,
): Promise<OpenParameters> {
  if (!args.use_lora) {
    const { config, weights } = await openTrainedBase(path, options);
    const trained = new Map(fullNames(config).map((name) => [name, parameterOf(weights, name)]));
    return {
      config,
      parameters: trained,
      trained,
      parameterCount: count(trained),
      adapter: undefined,
    };
  }
  const source = { kind: "checkpoint", path } as const;
  const { config, weights } = await openFrozenBase(source, args.base_dtype, options);
  const adapter = adapterOf(args, config);
  const trained = adapter.parameters;
  return {
    config,
    parameters: joinParameters(trained, weights),
    trained,
    parameterCount: weights.size + count(trained),
    adapter,
  };
}

/** Numbers of some parameters. */
export function count(parameters: ReadonlyMap<string, Float32Array>): number {
  return [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
}

async function openData(
  args: TrainingArguments,
  path: string,
  config: ModelConfig,
  signal: AbortSignal | undefined,
): Promise<TrainingData> {
  const tokenizer = await fromFile(join(path, "tokenizer.model"), signal ? { signal } : {});
  const where = join(path, "generation_config.json");
  const { userTokenId, assistantTokenId } = readGenerationConfig(await readJsonFile(where), where);
  return readTrainingData(tokenizer, {
    path: args.data_path,
    evaluationPath: args.eval_data_path,
    evaluationShare: args.eval_split,
    maxLength: args.model_max_length,
    packs: args.packing,
    seed: args.seed,
    userTokenId,
    assistantTokenId,
    eosTokenId: config.eosTokenId,
    signal,
  });
}

function adapterOf(
  args: TrainingArguments,
  model: ModelConfig,
): TrainedAdapter & { readonly config: AdapterConfig } {
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

function fullNames({ numHiddenLayers }: ModelConfig): string[] {
  const [embeddings = "", ...rest] = OUTSIDE_WEIGHTS;
  const layers = Array.from({ length: numHiddenLayers }, (_, layer) =>
    LAYER_WEIGHTS.map((key) => layerKey(layer, key)),
  );
  return [embeddings, ...layers.flat(), ...rest];
}
