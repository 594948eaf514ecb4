import { UnsupportedError } from "@baichuan2/kernels";
import type { ModelConfig } from "../../config.ts";
import type { Decoder } from "../../network/decoder.ts";
import { TextTask } from "./text-task.ts";
import type { RowResults, TaskContext } from "./task.ts";

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

/** Keeps logits and hidden states of every token of a text; runs alone, because a run has one set of traced states. */
export class HiddenStatesTask extends TextTask {
  readonly #trace: Trace;

  /** @throws {UnsupportedError} if the decoder's graph has no such outputs. */
  constructor(id: number, context: TaskContext, tokenIds: readonly number[]) {
    const { config } = context.decoder;
    expectTraced(context.decoder);
    super(id, context, tokenIds, { from: 0, end: tokenIds.length });
    const names = hiddenStateNames(config);
    this.#trace = {
      names,
      logits: new Float32Array(tokenIds.length * config.vocabSize),
      states: names.map(() => new Float32Array(tokenIds.length * config.hiddenSize)),
    };
  }

  override get isSolo(): boolean {
    return true;
  }

  override get isRemembered(): boolean {
    return false;
  }

  protected takeRows({ logits }: RowResults, first: number): void {
    const { decoder } = this.context;
    const { hiddenSize, vocabSize } = decoder.config;
    this.#trace.logits.set(logits, first * vocabSize);
    for (const [index, name] of this.#trace.names.entries())
      this.#trace.states[index]?.set(tracedState(decoder, name), first * hiddenSize);
  }

  protected finish(): void {
    const trace = this.#trace;
    const { vocabSize } = this.context.decoder.config;
    const transfer = [trace.logits, ...trace.states].map(({ buffer }) => buffer);
    this.context.emit({ type: "hiddenStates", id: this.id, trace, vocabSize }, transfer);
  }
}

function expectTraced(decoder: Decoder): void {
  if (decoder.isTraced) return;
  const hint = "load it with { trace: true }";
  throw new UnsupportedError("hiddenStates", "a model loaded without trace", hint);
}

function tracedState(decoder: Decoder, name: string): Float32Array {
  const data = decoder.traced[`hidden.${name}`]?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`decoder: expected float output "hidden.${name}", got none`);
}
