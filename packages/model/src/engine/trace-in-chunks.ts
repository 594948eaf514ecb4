import { UnsupportedError } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import type { Decoder, Sequence } from "../network/decoder.ts";
import { forwardInChunks } from "../network/prefill.ts";

/** A text's numbers, each array with a buffer of its own. */
export interface Trace {
  /** `[T, V]`. */
  readonly logits: Float32Array<ArrayBuffer>;
  readonly names: readonly string[];
  /** `[T, C]` each. */
  readonly states: readonly Float32Array<ArrayBuffer>[];
}

/** Names of the states in the order of the network: `embed`, `layer{i}`, `final_norm`. */
export function hiddenStateNames({
  numHiddenLayers,
}: Pick<ModelConfig, "numHiddenLayers">): string[] {
  const layers = Array.from({ length: numHiddenLayers }, (_, layer) => `layer${layer}`);
  return ["embed", ...layers, "final_norm"];
}

/**
 * Runs a text through the decoder and keeps logits and hidden states of every token.
 *
 * @param sequence - An empty one; the caller frees it.
 * @yields after each chunk of the text.
 * @throws {UnsupportedError} if the decoder's graph has no such outputs.
 */
export async function* traceInChunks(
  decoder: Decoder,
  sequence: Sequence,
  tokenIds: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<void, Trace> {
  if (!decoder.isTraced)
    throw new UnsupportedError(
      "hiddenStates",
      "a model loaded without trace",
      "load it with { trace: true }",
    );
  decoder.checkTokenIds(tokenIds); // before anything is allocated
  const { config } = decoder;
  const names = hiddenStateNames(config);
  const logits = new Float32Array(tokenIds.length * config.vocabSize);
  const states = names.map(() => new Float32Array(tokenIds.length * config.hiddenSize));
  let row = 0;
  for await (const rows of forwardInChunks(decoder, sequence, tokenIds, "all", signal)) {
    logits.set(rows, row * config.vocabSize);
    for (const [index, name] of names.entries())
      states[index]?.set(tracedState(decoder, name), row * config.hiddenSize);
    row += rows.length / config.vocabSize;
    yield;
  }
  return { logits, names, states };
}

function tracedState(decoder: Decoder, name: string): Float32Array {
  const data = decoder.traced[`hidden.${name}`]?.data;
  if (!(data instanceof Float32Array))
    throw new Error(`decoder: expected float output "hidden.${name}", got none`);
  return data;
}
