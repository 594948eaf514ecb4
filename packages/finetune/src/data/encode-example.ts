import type { Tokenizer } from "@baichuan2/tokenizer";
import { IGNORED } from "../network/batch.ts";
import { DataError } from "./data-error.ts";
import type { Example, Turn } from "./example.ts";

/** Ids with the label of each. */
export interface EncodedExample {
  readonly inputIds: readonly number[];
  /** `IGNORED` where there is none. */
  readonly labels: readonly number[];
}

/** Special ids of a conversation; the checkpoint's generation config and config have them. */
export interface ConversationIds {
  readonly userTokenId: number;
  readonly assistantTokenId: number;
  readonly eosTokenId: number;
}

/** How texts become ids. */
export interface EncodeOptions extends ConversationIds {
  /** What is behind it is cut off (`model_max_length`). */
  readonly maxLength: number;
  /** V. */
  readonly vocabSize: number;
  /** File and row, for errors. */
  readonly where?: string | undefined;
}

/**
 * Ids and labels as the original's SupervisedDataset makes them:
 *
 *   text     <user> question <assistant> answer <user> question <assistant> answer </s>
 *   label     </s>     –          –      answer  </s>     –          –      answer </s>
 *
 * Labels belong to their own position and are shifted by the loss: the `</s>` on a user marker teaches the last token of the
 * answer before to end it. An assistant's marker and all of a user's text have none. Markers written out in a text
 * (`<reserved_106>`) become their ids, as in the original.
 *
 * A system message, which the original's data do not have, stands first without a marker and without labels, as in a chat prompt.
 *
 * @throws {DataError} for an id or label that the vocabulary does not have.
 */
export function encodeExample(
  example: Example,
  tokenizer: Pick<Tokenizer, "encode">,
  { maxLength, vocabSize, where = "example", ...special }: EncodeOptions,
): EncodedExample {
  const { inputIds, labels } =
    example.kind === "ids" ? example : encodeTurns(example.turns, tokenizer, special);
  const isToken = (id: number): boolean => id >= 0 && id < vocabSize;
  const known = `ids from 0 to ${vocabSize - 1}`;
  checkIds(`${where}, input_ids`, inputIds, isToken, known);
  const isLabel = (id: number): boolean => id === IGNORED || isToken(id);
  checkIds(`${where}, labels`, labels, isLabel, `${known}, or ${IGNORED}`);
  return { inputIds: inputIds.slice(0, maxLength), labels: labels.slice(0, maxLength) };
}

function checkIds(
  where: string,
  ids: readonly number[],
  isKnown: (id: number) => boolean,
  expected: string,
): void {
  const place = ids.findIndex((id) => !isKnown(id));
  if (place >= 0) throw new DataError(where, expected, `${ids[place]} at ${place}`);
}

function encodeTurns(
  turns: readonly Turn[],
  tokenizer: Pick<Tokenizer, "encode">,
  { userTokenId, assistantTokenId, eosTokenId }: ConversationIds,
): EncodedExample {
  const inputIds: number[] = [];
  const labels: number[] = [];
  const push = (ids: readonly number[], label: (id: number) => number): void => {
    for (const id of ids) {
      inputIds.push(id);
      labels.push(label(id));
    }
  };
  const ignored = (): number => IGNORED;
  const itself = (id: number): number => id;
  for (const { role, content } of turns) {
    const ids = tokenizer.encode(content, { specialTokens: "parse" });
    if (role === "user") push([userTokenId], () => eosTokenId);
    if (role === "assistant") push([assistantTokenId], ignored);
    push(ids, role === "assistant" ? itself : ignored);
  }
  push([eosTokenId], itself);
  return { inputIds, labels };
}
