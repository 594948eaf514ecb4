import { parseTrainingArguments } from "../training-arguments.ts";
import { finetune } from "../finetune.ts";

/**
 * A run in a process of its own, to be killed: `node train.ts '{"data_path": …}'`. Prints the number of each step, and of each
 * checkpoint that is written.
 */
for await (const event of finetune(parseTrainingArguments(JSON.parse(process.argv[2] ?? "{}")))) {
  if (event.type === "step" || event.type === "save")
    process.stdout.write(`${event.type} ${event.step}\n`);
}
