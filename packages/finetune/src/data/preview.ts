import { join } from "node:path";
import { readJsonFile, readModelConfig, resolveModel } from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { IGNORED } from "../network/batch.ts";
import type { TrainingArguments } from "../trainer/training-arguments.ts";
import { encodeExample, type ConversationIds, type EncodedExample } from "./encode-example.ts";
import { openTokenizer } from "./open-tokenizer.ts";
import { readExamples } from "./read-examples.ts";

/** A piece of a text, as the loss sees it. */
export interface PreviewSpan {
  readonly text: string;
  /** Whether its tokens are learned. */
  readonly isTrained: boolean;
}

/** A text of the training data as it is trained on. */
export interface PreviewedExample extends EncodedExample {
  readonly spans: readonly PreviewSpan[];
}

type PreviewArguments = Pick<
  TrainingArguments,
  "model_name_or_path" | "data_path" | "model_max_length"
>;

/**
 * Texts of a run's data with their masks, in the order of the file. Reads tokenizer and settings of the model, no weights.
 *
 * @throws {DataError} naming the row that cannot be used, when its turn comes.
 */
export async function* previewExamples(
  args: PreviewArguments,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<PreviewedExample> {
  const { path } = await resolveModel(args.model_name_or_path, { signal });
  const file = join(path, "config.json");
  const config = readModelConfig(await readJsonFile(file), file);
  const { tokenizer, ids } = await openTokenizer(path, config, signal);
  const options = { ...ids, maxLength: args.model_max_length };
  let row = 0;
  for await (const example of readExamples(args.data_path, { signal })) {
    row += 1;
    const where = `${args.data_path}, row ${row}`;
    const encoded = encodeExample(example, tokenizer, { ...options, where });
    yield { ...encoded, spans: spansOf(encoded, tokenizer, options) };
  }
}

/**
 * Text of tokens, cut where masked and trained ones meet; markers and special tokens as their pieces. Where a label is another id
 * than the token's own (`</s>` on a user's marker), the label stands before the token: it is what has to be predicted there. A first
 * token is never predicted.
 */
function spansOf(
  { inputIds, labels }: EncodedExample,
  tokenizer: Tokenizer,
  { userTokenId, assistantTokenId }: ConversationIds,
): PreviewSpan[] {
  const spans = new SpanList();
  const pieces = new Set([...tokenizer.specialTokens.values(), userTokenId, assistantTokenId]);
  const decoder = tokenizer.createDecoder();
  let isTrained = false;
  for (const [i, id] of inputIds.entries()) {
    const label = i > 0 ? (labels[i] ?? IGNORED) : IGNORED;
    if (pieces.has(id)) spans.push(decoder.flush(), isTrained);
    if (label !== IGNORED && label !== id) spans.push(tokenizer.idToPiece(label), true);
    isTrained = label === id;
    spans.push(pieces.has(id) ? tokenizer.idToPiece(id) : decoder.push(id), isTrained);
  }
  spans.push(decoder.flush(), isTrained);
  return spans.all;
}

/** Spans, in which no two of one kind stand side by side. */
class SpanList {
  readonly all: { text: string; readonly isTrained: boolean }[] = [];

  push(text: string, isTrained: boolean): void {
    const last = this.all.at(-1);
    if (text === "") return;
    if (last?.isTrained === isTrained) last.text += text;
    else this.all.push({ text, isTrained });
  }
}
