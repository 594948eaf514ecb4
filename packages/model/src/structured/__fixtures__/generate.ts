import { createRandom } from "../../sampling/random.ts";
import type { Grammar } from "../grammar.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** How {@link generateText} draws. */
export interface GenerateSettings {
  readonly vocabulary: Vocabulary;
  readonly eosTokenId: number;
  readonly seed: number;
  /** Tokens from which on the text is steered to its end; beyond it the grammar's bound holds. */
  readonly maxTokens: number;
}

/** What was drawn, and the tokens it took. */
export interface GeneratedText {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly isComplete: boolean;
}

/** Writes a text with random scores; the less bytes a token has, the likelier it is, so that texts stay short. */
export function generateText(grammar: Grammar, settings: GenerateSettings): GeneratedText {
  const { vocabulary, eosTokenId, seed } = settings;
  const random = createRandom(seed);
  const state = grammar.start();
  const maxTokens = Math.max(settings.maxTokens, state.shortestEnd);
  const noise = Float32Array.from({ length: vocabulary.offsets.length - 1 }, () => random.next());
  const tokenIds: number[] = [];
  while (!state.isFinished && tokenIds.length < maxTokens) {
    const shift = Math.floor(random.next() * noise.length);
    const scores = noise.map((_, id) => noise[(id + shift) % noise.length] as number);
    scores[eosTokenId] = random.next() + 0.3;
    for (const id of [0x22, 0x5d, 0x7d].map((byte) => idOfByte(vocabulary, byte)))
      scores[id] = (scores[id] as number) + 0.5 * random.next();
    state.apply(scores, maxTokens - tokenIds.length);
    const best = argmax(scores);
    state.accept(best);
    if (best !== eosTokenId) tokenIds.push(best);
  }
  return { text: textOf(vocabulary, tokenIds), tokenIds, isComplete: state.mayEnd };
}

/** The text of some tokens. @throws {TypeError} if their bytes are not UTF-8. */
export function textOf({ bytes, offsets }: Vocabulary, tokenIds: readonly number[]): string {
  const parts = tokenIds.flatMap((id) => [...bytes.subarray(offsets[id], offsets[id + 1])]);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(parts));
}

function idOfByte({ bytes, offsets }: Vocabulary, byte: number): number {
  return offsets.findIndex(
    (start, id) => (offsets[id + 1] ?? 0) - start === 1 && bytes[start] === byte,
  );
}

function argmax(scores: Float32Array): number {
  let best = 0;
  for (let id = 1; id < scores.length; id++)
    if ((scores[id] as number) > (scores[best] as number)) best = id;
  if (scores[best] === -Infinity) throw new Error("generateText: expected an allowed token, got none");
  return best;
}
