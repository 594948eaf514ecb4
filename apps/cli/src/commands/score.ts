import type { Command } from "commander";
import type { Prompt, Score } from "@baichuan2/model";
import { z } from "zod";
import { addEngineOptions } from "../engine-options.ts";
import type { Cli } from "../io.ts";
import { runJsonLines } from "../json-lines.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { hasOnePrompt, onePromptOnly, promptKeys, tokenIds, toPrompt } from "../rows.ts";
import { parseCount } from "../sampling-options.ts";

interface ScoreFlags extends ModelFlags {
  readonly parallel?: number;
}

/** A text or ids. */
const continuation = z.union([z.string(), tokenIds], {
  error: "expected a text or a list of token ids",
});

const schema = z
  .strictObject({
    ...promptKeys,
    continuation: continuation.optional(),
    continuations: z.array(continuation).min(1).optional(),
  })
  .refine(hasOnePrompt, onePromptOnly)
  .refine((row) => (row.continuation === undefined) !== (row.continuations === undefined), {
    error: "expected exactly one of continuation, continuations",
  });

/** `baichuan2 score`: how likely continuations of a prompt are. */
export function addScoreCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("score").description(t("command.score"));
  addEngineOptions(addModelOptions(command, t), t)
    .option("--jsonl", t("option.jsonlOnly"))
    .option("--parallel <n>", t("option.parallel"), parseCount)
    .action((flags: ScoreFlags) => score(cli, flags));
}

async function score(cli: Cli, flags: ScoreFlags): Promise<void> {
  const { signal } = cli.io;
  await using model = await openModel(cli, flags);
  const answer = async (row: z.infer<typeof schema>) => {
    const prompt = toPrompt(row);
    if (row.continuation !== undefined)
      return toRow(await model.score(prompt, toContinuation(row.continuation), { signal }));
    const continuations = (row.continuations ?? []).map(toContinuation);
    return { scores: (await model.score(prompt, continuations, { signal })).map(toRow) };
  };
  await runJsonLines(cli, { schema, answer, parallel: flags.parallel });
}

function toContinuation(given: z.infer<typeof continuation>): Prompt {
  return typeof given === "string" ? { text: given } : { tokenIds: given };
}

function toRow({ tokenIds: ids, logprobs, logLikelihood, isGreedy }: Score) {
  return { ids, logprobs: [...logprobs], log_likelihood: logLikelihood, is_greedy: isGreedy };
}
