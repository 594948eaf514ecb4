import type { Tokenizer } from "@baichuan2/tokenizer";
import { IGNORED } from "../network/batch.ts";
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
 * @param maxLength - What is behind it is cut off (`model_max_length`).
 */
export function encodeExample(
  example: Example,
  tokenizer: Pick<Tokenizer, "encode">,
  { maxLength, ...special }: ConversationIds & { readonly maxLength: number },
): EncodedExample {
  const { inputIds, labels } =
    example.kind === "ids" ? example : encodeTurns(example.turns, tokenizer, special);
  return { inputIds: inputIds.slice(0, maxLength), labels: labels.slice(0, maxLength) };
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
