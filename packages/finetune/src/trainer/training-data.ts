import type { Tokenizer } from "@baichuan2/tokenizer";
import { packRows, type BatchRow } from "../data/collate.ts";
import {
  encodeExample,
  type ConversationIds,
  type EncodedExample,
} from "../data/encode-example.ts";
import { readExamples } from "../data/read-examples.ts";
import { IGNORED } from "../network/batch.ts";
import { dataOrder } from "./data-order.ts";

/** Rows for training and for evaluation. */
export interface TrainingData {
  readonly train: readonly BatchRow[];
  readonly evaluation: readonly BatchRow[];
  /** Texts that were left out: nothing of their answers is within `maxLength`. */
  readonly skipped: number;
}

/** Where data come from and how they become rows. */
export interface TrainingDataOptions extends ConversationIds {
  readonly path: string;
  readonly evaluationPath?: string | undefined;
  /** Share of the training file that is held back for evaluation. */
  readonly evaluationShare: number;
  readonly maxLength: number;
  readonly packs: boolean;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Tells the evaluation split from the orders of epochs. */
const SPLIT_EPOCH = 0xffffffff;

/**
 * Reads and encodes all data of a run. Texts are held as ids: a million texts of 500 tokens are 4 GB.
 *
 * @throws {DataError} naming the row that cannot be used.
 */
export async function readTrainingData(
  tokenizer: Tokenizer,
  options: TrainingDataOptions,
): Promise<TrainingData> {
  const { texts, skipped } = await encodeAll(options.path, tokenizer, options);
  const other = options.evaluationPath;
  if (other !== undefined) {
    const evaluation = await encodeAll(other, tokenizer, options);
    return {
      train: rowsOf(texts, options),
      evaluation: rowsOf(evaluation.texts, options),
      skipped: skipped + evaluation.skipped,
    };
  }
  const held = Math.round(options.evaluationShare * texts.length);
  const order = dataOrder(texts.length, { seed: options.seed, epoch: SPLIT_EPOCH });
  const isHeld = new Set(order.subarray(0, held));
  return {
    train: rowsOf(
      texts.filter((_, i) => !isHeld.has(i)),
      options,
    ),
    evaluation: rowsOf(
      texts.filter((_, i) => isHeld.has(i)),
      options,
    ),
    skipped,
  };
}

async function encodeAll(
  path: string,
  tokenizer: Tokenizer,
  options: TrainingDataOptions,
): Promise<{ texts: EncodedExample[]; skipped: number }> {
  const texts: EncodedExample[] = [];
  let skipped = 0;
  for await (const example of readExamples(path, options)) {
    const text = encodeExample(example, tokenizer, options);
    const isUseful = text.labels.some((label, i) => i > 0 && label !== IGNORED);
    if (isUseful) texts.push(text);
    else skipped += 1;
  }
  return { texts, skipped };
}

function rowsOf(
  texts: readonly EncodedExample[],
  { packs, maxLength }: TrainingDataOptions,
): BatchRow[] {
  return packs ? packRows(texts, maxLength) : texts.map((text) => [text]);
}
