import type { ModelConfig } from "../config.ts";
import type { HiddenStates } from "../engine/logits.ts";
import { ComparisonError } from "./comparison-error.ts";
import { SpillFile } from "./node-spill-file.ts";
import { createStateErrorSum, type StateError, type StateErrorSum } from "./state-error.ts";
import { textWindows } from "./text-windows.ts";
import { createTokenScoreSum, type TokenScores, type TokenScoreSum } from "./token-scores.ts";

/** What a comparison asks of a model; a `Model` loaded with `trace` has it. */
export interface TracedModel extends AsyncDisposable {
  /** Number type of the linear layers. */
  readonly dtype: string;
  readonly config: Pick<ModelConfig, "vocabSize">;
  hiddenStates(
    tokenIds: readonly number[],
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<HiddenStates>;
}

/** How far a comparison is. */
export interface ComparisonProgress {
  /** "a": the reference runs; "b": the candidate. */
  readonly side: "a" | "b";
  readonly doneTokens: number;
  readonly totalTokens: number;
}

/** Options of `compareModels`. */
export interface CompareModelsOptions<A extends TracedModel, B extends TracedModel> {
  /** Opens the reference; it is disposed before the candidate is opened. */
  readonly openA: () => Promise<A>;
  /** Opens the candidate. */
  readonly openB: () => Promise<B>;
  /** The text. */
  readonly tokenIds: readonly number[];
  /** Tokens that are run together, with an empty context before them; default 512. */
  readonly window?: number | undefined;
  /** Folder for the reference's numbers; default: the system's temporary folder. */
  readonly spillDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ComparisonProgress) => void) | undefined;
}

/** What `compareModels` finds. */
export interface ModelComparison extends TokenScores {
  readonly tokens: number;
  readonly windows: number;
  readonly vocabSize: number;
  /** Number types of the linear layers. */
  readonly dtype: { readonly a: string; readonly b: string };
  /** After each layer, the embeddings first, the final norm last; none if the networks are of different sizes. */
  readonly layers: readonly StateError[];
  /** What the reference's numbers took on the disk. */
  readonly spillBytes: number;
}

/**
 * Compares a candidate B with a reference A token by token over a text, as quantized weights with the float32 ones.
 *
 * The models run one after the other, so that memory need hold one only. Between them the reference's logits and hidden
 * states lie in a temporary file of (V + (L + 2) · C) · 4 bytes a token (1.06 MB for the 7B), which is gone afterwards in
 * any case. In memory are besides a model those of one window.
 *
 * @throws {ComparisonError} if the vocabularies differ, logits are not finite or the text has no prediction.
 * @throws {UnsupportedError} for models loaded without `trace`.
 * @throws the signal's reason when it aborts.
 */
export async function compareModels<A extends TracedModel, B extends TracedModel>(
  options: CompareModelsOptions<A, B>,
): Promise<ModelComparison> {
  const { tokenIds, window = 512, spillDirectory, signal } = options;
  const windows = textWindows(tokenIds, window);
  signal?.throwIfAborted();
  await using spill = await SpillFile.create({ directory: spillDirectory });
  const reference = await spillReference(spill, windows, options);
  const candidate = await scoreCandidate(spill, windows, reference, options);
  return {
    tokens: tokenIds.length,
    windows: windows.length,
    vocabSize: reference.vocabSize,
    dtype: { a: reference.dtype, b: candidate.dtype },
    ...candidate.scores.result(),
    layers: candidate.layers.map((layer) => layer.result()),
    spillBytes: spill.sizeBytes,
  };
}

/** What is known of the reference when it is gone. */
interface Reference {
  readonly dtype: string;
  readonly vocabSize: number;
  /** Width of the hidden states. */
  readonly hiddenSize: number;
  readonly names: readonly string[];
}

/** Per window: logits `[T, V]`, then each state `[T, C]`. */
async function spillReference(
  spill: SpillFile,
  windows: readonly number[][],
  { openA, signal, ...options }: CompareModelsOptions<TracedModel, TracedModel>,
): Promise<Reference> {
  await using model = await openA();
  const report = reporter("a", options);
  let names: readonly string[] = [];
  let hiddenSize = 0;
  report(0);
  for (const window of windows) {
    const { logits, states, ...run } = await model.hiddenStates(window, { signal });
    await spill.write(logits.data, signal);
    for (const state of states) await spill.write(state, signal);
    names = run.names;
    hiddenSize = (states[0]?.length ?? 0) / window.length;
    report(window.length);
  }
  return { dtype: model.dtype, vocabSize: model.config.vocabSize, hiddenSize, names };
}

interface Candidate {
  readonly dtype: string;
  readonly scores: TokenScoreSum;
  readonly layers: readonly StateErrorSum[];
}

async function scoreCandidate(
  spill: SpillFile,
  windows: readonly number[][],
  reference: Reference,
  { openB, signal, ...options }: CompareModelsOptions<TracedModel, TracedModel>,
): Promise<Candidate> {
  await using model = await openB();
  checkVocabulary(reference.vocabSize, model.config.vocabSize);
  const report = reporter("b", options);
  const scores = createTokenScoreSum();
  let layers: StateErrorSum[] | undefined;
  report(0);
  for (const window of windows) {
    const run = await model.hiddenStates(window, { signal });
    await scoreWindow(spill, window, run.logits.data, scores, signal);
    layers ??= isSameNetwork(reference, run) ? run.names.map(createStateErrorSum) : [];
    await compareStates(spill, window.length, reference, run, layers, signal);
    report(window.length);
  }
  return { dtype: model.dtype, scores, layers: layers ?? [] };
}

async function scoreWindow(
  spill: SpillFile,
  window: readonly number[],
  logits: Float32Array,
  scores: TokenScoreSum,
  signal: AbortSignal | undefined,
): Promise<void> {
  const vocabSize = logits.length / window.length;
  const row = new Float32Array(vocabSize);
  for (let t = 0; t < window.length; t++) {
    await spill.read(row, signal); // row by row: lets an abort through
    const nextId = window[t + 1];
    if (nextId === undefined) continue;
    scores.add(row, logits.subarray(t * vocabSize, (t + 1) * vocabSize), nextId);
  }
}

async function compareStates(
  spill: SpillFile,
  tokens: number,
  { names, hiddenSize }: Reference,
  { states }: HiddenStates,
  layers: readonly StateErrorSum[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const state = new Float32Array(tokens * hiddenSize);
  for (const index of names.keys()) {
    await spill.read(state, signal); // also where nothing is compared: the next window follows
    const candidate = states[index];
    if (candidate) layers[index]?.add(state, candidate);
  }
}

function checkVocabulary(a: number, b: number): void {
  if (a === b) return;
  throw new ComparisonError(`models of one vocabulary, A's of ${a} tokens`, `${b} tokens of B`);
}

function isSameNetwork({ names, hiddenSize }: Reference, run: HiddenStates): boolean {
  const [embed] = run.states;
  const tokens = run.logits.shape[0];
  return run.names.join() === names.join() && embed?.length === tokens * hiddenSize;
}

/** Counts tokens of one side. */
function reporter(
  side: "a" | "b",
  { tokenIds, onProgress }: Pick<CompareModelsOptions<never, never>, "tokenIds" | "onProgress">,
): (tokens: number) => void {
  let doneTokens = 0;
  return (tokens) => {
    doneTokens += tokens;
    onProgress?.({ side, doneTokens, totalTokens: tokenIds.length });
  };
}
