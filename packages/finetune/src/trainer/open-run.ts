import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { resolveModel } from "@baichuan2/model";
import { TrainingNetwork } from "../network/training-network.ts";
import { readDeepSpeedConfig } from "./deepspeed-config.ts";
import { networkOptions } from "./network-options.ts";
import type { OpenBaseOptions } from "./open-base.ts";
import { openData } from "./open-data.ts";
import { openParameters, type OpenParameters } from "./open-parameters.ts";
import type { TrainingData } from "./training-data.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** What a run works with. */
export interface OpenRun extends OpenParameters, AsyncDisposable {
  readonly args: TrainingArguments;
  /** Directory of the model that is trained. */
  readonly modelPath: string;
  readonly data: TrainingData;
  readonly network: TrainingNetwork;
  readonly zLossWeight: number;
}

/**
 * Opens model, tokenizer and data of a run.
 *
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used.
 */
export async function openRun(args: TrainingArguments, options: OpenBaseOptions): Promise<OpenRun> {
  const { signal, threads } = options;
  if (args.deepspeed !== undefined) await readDeepSpeedConfig(args.deepspeed, args);
  const { path } = await resolveModel(args.model_name_or_path, { signal });
  const open = await openParameters(args, { kind: "checkpoint", path }, options);
  const { config, adapter } = open;
  const data = await openData(args, path, config, signal);
  const zLossWeight = args.z_loss_weight ?? config.zLossWeight;
  const backend = await createOrtNodeBackend();
  const facts = { zLossWeight, adapter, threads };
  const network = await TrainingNetwork.create(config, backend, networkOptions(args, facts));
  return {
    args,
    ...open,
    modelPath: path,
    data,
    network,
    zLossWeight,
    [Symbol.asyncDispose]: () => network.dispose(),
  };
}
