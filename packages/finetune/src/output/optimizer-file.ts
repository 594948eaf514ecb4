import { readTensorFile, writeSafetensors } from "@baichuan2/model";
import type { AdamWMoments } from "../optim/adamw.ts";
import { declare, tensorChunks, type NamedValues } from "./weight-tensors.ts";

/** What an optimizer remembers, for a run that goes on. */
export interface OptimizerState {
  readonly moments: ReadonlyMap<string, AdamWMoments>;
  /** Weights in full precision, where the checkpoint has them rounded. */
  readonly masters: ReadonlyMap<string, Float32Array>;
}

/** Names of what is kept of a parameter; the first two are PyTorch's. */
const KINDS = ["exp_avg", "exp_avg_sq", "master"] as const;

/**
 * Writes the state of an optimizer: safetensors with `exp_avg.{parameter}`, `exp_avg_sq.{parameter}` and, where weights are
 * rounded, `master.{parameter}`. (The Trainer's optimizer.pt numbers the parameters instead of naming them.)
 *
 * @param shapes - By parameter.
 */
export async function writeOptimizerFile(
  path: string,
  { moments, masters }: OptimizerState,
  shapes: ReadonlyMap<string, readonly number[]>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const tensor = (
    kind: (typeof KINDS)[number],
    name: string,
    values: Float32Array,
  ): NamedValues => {
    return { name: `${kind}.${name}`, shape: shapes.get(name) ?? [values.length], values };
  };
  const tensors = [
    ...[...moments].flatMap(([name, { expAvg, expAvgSq }]) => [
      tensor("exp_avg", name, expAvg),
      tensor("exp_avg_sq", name, expAvgSq),
    ]),
    ...[...masters].map(([name, values]) => tensor("master", name, values)),
  ];
  await writeSafetensors(
    path,
    tensors.map((one) => declare(one, "f32")),
    tensors.map(({ name, values }) => ({ name, chunks: tensorChunks(values, "f32") })),
    { signal },
  );
}

/**
 * Reads what `writeOptimizerFile` wrote.
 *
 * @throws {CheckpointError} if the file is missing or damaged.
 */
export async function readOptimizerFile(
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<OptimizerState> {
  const tensors = await readTensorFile(path, options);
  const moments = new Map<string, AdamWMoments>();
  const masters = new Map<string, Float32Array>();
  for (const [key, { values }] of tensors) {
    const kind = KINDS.find((one) => key.startsWith(`${one}.`));
    if (kind === "master") masters.set(key.slice("master.".length), values);
    if (kind !== "exp_avg") continue;
    const name = key.slice("exp_avg.".length);
    const expAvgSq = tensors.get(`exp_avg_sq.${name}`)?.values;
    if (expAvgSq) moments.set(name, { expAvg: values, expAvgSq });
  }
  return { moments, masters };
}
