/**
 * Trains the bundled model from nothing: tokenizer, data, random weights, then a full fine-tuning of all of them. Needs spm_train
 * (Debian: `apt-get install sentencepiece`). A run that was cut off goes on from its last checkpoint when it is started again.
 *
 *   node --conditions=@baichuan2/source tooling/tiny-chat/train.ts FOLDER [--model rope|alibi] [--steps N]
 *
 * The model is in FOLDER/trained.
 */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { finetune, type TrainingEvent } from "@baichuan2/finetune";
import { conversations } from "./recipe/conversations.ts";
import { writeFirstCheckpoint } from "./recipe/first-checkpoint.ts";
import { readQuestions } from "./recipe/read-data.ts";
import { MODELS, type ModelName } from "./recipe/shapes.ts";
import { trainTokenizer } from "./recipe/train-tokenizer.ts";
import { CONVERSATIONS, runFiles, SEED, trainingArguments } from "./recipe/training.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "rope" },
    steps: { type: "string", default: "1500" },
  },
});
const [folder] = positionals;
const model = MODELS.find((name) => name === flags.model);
if (folder === undefined || model === undefined)
  throw new TypeError(
    `expected FOLDER and --model ${MODELS.join("|")}, got ${process.argv.slice(2).join(" ")}`,
  );

let tokens = 0;
let seconds = 0;
await prepare(folder, model);
// One thread: steps are short, and a second one costs more in waiting than it brings.
const args = trainingArguments(folder, { steps: Number(flags.steps), resumes: hasCheckpoint() });
for await (const event of finetune(args, { threads: 1 })) report(event);

/** Whether an earlier run was cut off. */
function hasCheckpoint(): boolean {
  const trained = join(folder as string, runFiles.trained);
  return existsSync(trained) && readdirSync(trained).some((name) => name.startsWith("checkpoint-"));
}

/** Makes what the training reads, unless it is there. */
async function prepare(path: string, name: ModelName): Promise<void> {
  await mkdir(path, { recursive: true });
  const tokenizer = join(path, runFiles.tokenizer);
  if (!existsSync(tokenizer)) await trainTokenizer(tokenizer);
  const data = join(path, runFiles.data);
  if (!existsSync(data)) {
    const rows = conversations(await readQuestions(), { count: CONVERSATIONS, seed: SEED });
    await writeFile(data, `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`);
  }
  const first = join(path, runFiles.first);
  if (!existsSync(first)) await writeFirstCheckpoint(first, { model: name, tokenizer, seed: SEED });
}

function report(event: TrainingEvent): void {
  if (event.type === "start") console.log(JSON.stringify(event));
  if (event.type === "save") console.log(`saved ${event.path}`);
  if (event.type === "step") {
    tokens += event.tokens;
    seconds += event.seconds;
  }
  if (event.type === "log")
    console.log(`${JSON.stringify(event.row)} ${(tokens / seconds).toFixed(0)} tokens/s`);
}
