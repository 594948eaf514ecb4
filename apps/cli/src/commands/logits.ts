import type { Command } from "commander";
import type { Logits } from "@baichuan2/model";
import { z } from "zod";
import { addEngineOptions } from "../engine-options.ts";
import type { Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { tokenIds } from "../rows.ts";

interface LogitsFlags extends ModelFlags {
  readonly last?: boolean;
}

const schema = z.strictObject({ ids: tokenIds.min(1) });

/** `baichuan2 logits`: raw logits of every position, or of the last. */
export function addLogitsCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("logits").description(t("command.logits"));
  addEngineOptions(addModelOptions(command, t), t)
    .option("--jsonl", t("option.jsonlOnly"))
    .option("--last", t("option.last"))
    .action((flags: LogitsFlags) => logits(cli, flags));
}

async function logits(cli: Cli, flags: LogitsFlags): Promise<void> {
  await using model = await openModel(cli, flags);
  const answer = async ({ ids }: z.infer<typeof schema>) => {
    const options = { last: flags.last ?? false, signal: cli.io.signal };
    return toJson(await model.logits(ids, options));
  };
  await runJsonLines(cli, { schema, answer });
}

/**
 * `{"logits": [[…], …]}`, a row at a time: all rows of a long text are more than one string can hold. Each number has
 * as many digits as make the same float32 again.
 */
function* toJson({ data, shape: [rows, vocabSize] }: Logits): Generator<string> {
  yield '{"logits":[';
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * vocabSize, (row + 1) * vocabSize);
    yield `${row === 0 ? "" : ","}[${values.join(",")}]`;
  }
  yield "]}";
}
