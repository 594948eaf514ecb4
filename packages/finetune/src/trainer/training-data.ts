import type { Tokenizer } from "@baichuan2/tokenizer";
import { packRows, type BatchRow } from "../data/collate.ts";
import {
  encodeExample,
  type ConversationIds,
  type EncodedExample,
} from "../data/encode-example.ts";
import { DataError } from "../data/data-error.ts";
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
  /** V. */
  readonly vocabSize: number;
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
  if (other === undefined) return { ...splitTexts(texts, options), skipped };
  const evaluation = await encodeAll(other, tokenizer, options);
  return {
    train: rowsOf(texts, options),
    evaluation: rowsOf(evaluation.texts, options),
    skipped: skipped + evaluation.skipped,
  };
}

/** Holds some texts back for evaluation, if that is wanted; at least one, and not all. */
function splitTexts(
  texts: readonly EncodedExample[],
  options: TrainingDataOptions,
): Pick<TrainingData, "train" | "evaluation"> {
  const held = Math.round(options.evaluationShare * texts.length);
  const order = dataOrder(texts.length, { seed: options.seed, epoch: SPLIT_EPOCH });
  const isHeld = new Set(order.subarray(0, held));
  if (options.evaluationShare > 0 && (held === 0 || held === texts.length))
    throw new DataError(
      options.path,
      `texts to train and to evaluate on with eval_split ${options.evaluationShare}`,
      `${texts.length - held} and ${held}`,
    );
  const some = (isWanted: (index: number) => boolean): BatchRow[] =>
    rowsOf(
      texts.filter((_, i) => isWanted(i)),
      options,
    );
  return { train: some((i) => !isHeld.has(i)), evaluation: some((i) => isHeld.has(i)) };
}

async function encodeAll(
  path: string,
  tokenizer: Tokenizer,
  options: TrainingDataOptions,
): Promise<{ texts: EncodedExample[]; skipped: number }> {
  const texts: EncodedExample[] = [];
  let [skipped, row] = [0, 0];
  for await (const example of readExamples(path, options)) {
    row += 1;
    const text = encodeExample(example, tokenizer, { ...options, where: `${path}, row ${row}` });
    const isUseful = text.labels.some((label, i) => i > 0 && label !== IGNORED);
    if (isUseful) texts.push(text);
    else skipped += 1;
  }
  if (texts.length === 0)
    throw new DataError(
      path,
      "a text of which something can be learned",
      `${skipped} whose answers are not within model_max_length, or that have none`,
    );
  return { texts, skipped };
}

function rowsOf(
  texts: readonly EncodedExample[],
  { packs, maxLength }: TrainingDataOptions,
): BatchRow[] {
  return packs ? packRows(texts, maxLength) : texts.map((text) => [text]);
}
