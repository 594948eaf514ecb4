import { execFile } from "node:child_process";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readFamilies, readQuestions } from "./read-data.ts";
import { VOCAB_SIZE } from "./shapes.ts";
import { namedPieces } from "./tokenizer-symbols.ts";

/** Name of the training text: it is kept in the model, so it says nothing of the machine. */
const CORPUS = "tiny-chat.txt";

/**
 * Trains a tokenizer with SentencePiece's own program (Debian: `apt-get install sentencepiece`, seen with 0.1.97), on what is said
 * in the data; held-out paraphrases are not among it.
 *
 * @param path - Where the model is written to.
 */
export async function trainTokenizer(path: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), "tokenizer-"));
  try {
    await writeFile(join(folder, CORPUS), `${(await lines()).join("\n")}\n`);
    await promisify(execFile)("spm_train", flags(), { cwd: folder, maxBuffer: 2 ** 26 });
    await rename(join(folder, "tokenizer.model"), path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each text once, so that a piece is worth what it is worth in different sentences. */
async function lines(): Promise<string[]> {
  const questions = await readQuestions();
  const texts = questions
    .filter(({ category }) => category === "written" || category === "translation")
    .flatMap(({ seen }) => seen.flatMap(({ question, answer }) => [question, answer]));
  return [...new Set([...texts, ...(await templates()), printable()])];
}

/** Wordings of the generated questions, without their numbers. */
async function templates(): Promise<string[]> {
  const { sum, difference, product, median, cage } = await readFamilies();
  const sums = [sum, difference, product].flatMap(({ seen, answer }) => [...seen, answer]);
  return [...sums, ...median.seen.flat(), ...cage.seen.flat()].map((text) =>
    text.replaceAll(/\{\w+\}/g, "7"),
  );
}

/** What a keyboard has, so that each sign is a piece though the data lack it. */
function printable(): string {
  return Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join(" ");
}

/** As the published model's own record of its training says; the sizes differ. */
function flags(): string[] {
  return [
    `--input=${CORPUS}`,
    "--model_prefix=tokenizer",
    "--model_type=bpe",
    `--vocab_size=${VOCAB_SIZE}`,
    "--character_coverage=1.0",
    `--user_defined_symbols=${namedPieces.map((piece) => `"${piece}"`).join(",")}`,
    "--max_sentencepiece_length=32",
    "--byte_fallback=true",
    "--split_digits=true",
    "--allow_whitespace_only_pieces=true",
    "--normalization_rule_name=identity",
    "--add_dummy_prefix=false",
    "--remove_extra_whitespaces=false",
    "--num_threads=1",
  ];
}
