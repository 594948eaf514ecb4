import { join } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import {
  openCheckpoint,
  readGenerationConfig,
  readJsonFile,
  resolveModel,
  type AdapterConfig,
  type Checkpoint,
  type ModelConfig,
} from "@baichuan2/model";
import { fromFile } from "@baichuan2/tokenizer/node";
import { adapterKeys, type TrainedAdapter } from "../lora/adapter-parameters.ts";
import { newAdapter } from "../lora/new-adapter.ts";
import { readParameters } from "../network/read-parameters.ts";
import { LAYER_WEIGHTS, OUTSIDE_WEIGHTS } from "../network/trained-parameters.ts";
import { layerKey } from "../network/parameters.ts";
import { TrainingNetwork } from "../network/training-network.ts";
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
  /** All parameters; trained ones change in place. */
  readonly parameters: Map<string, Float32Array>;
  /** Names of trained parameters, in the order in which they are written. */
  readonly trained: readonly string[];
  readonly adapter: (TrainedAdapter & { readonly config: AdapterConfig }) | undefined;
}

/** Options of opening a run. */
export interface OpenRunOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens model, tokenizer and data of a run.
 *
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used.
 */
export async function openRun(
  args: TrainingArguments,
  { threads, signal }: OpenRunOptions,
): Promise<OpenRun> {
  const { path } = await resolveModel(args.model_name_or_path, { signal });
  await using checkpoint = await openCheckpoint(path, { signal });
  refuseQuantized(checkpoint);
  const { config } = checkpoint;
  const data = await openData(args, path, config, signal);
  const parameters = await readParameters(checkpoint, { signal });
  const adapter = args.use_lora ? adapterOf(args, config) : undefined;
  for (const [name, values] of adapter?.parameters ?? []) parameters.set(name, values);
  const network = await TrainingNetwork.create(config, await createOrtNodeBackend(), {
    recompute: args.gradient_checkpointing,
    trained: adapter ? adapterKeys(adapter.targets) : LAYER_WEIGHTS,
    trainedOutside: adapter ? [] : OUTSIDE_WEIGHTS,
    lora: adapter?.targets,
    threads,
  });
  return {
    args,
    config,
    modelPath: path,
    data,
    network,
    parameters,
    trained: adapter ? [...adapter.parameters.keys()] : fullNames(config),
    adapter,
    [Symbol.asyncDispose]: () => network.dispose(),
  };
}

/** A quantized base can only carry an adapter, which later versions train. */
function refuseQuantized({ config, path }: Checkpoint): void {
  if (config.quantizationConfig === undefined) return;
  throw new UnsupportedError(
    "finetune",
    `quantized weights in ${path}`,
    "train the checkpoint that they were made from",
  );
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
