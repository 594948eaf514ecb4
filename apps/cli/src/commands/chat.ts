import { Option, type Command } from "commander";
import type { GenerateOptions } from "@baichuan2/model";
import { addAnswerOptions, readAnswerOptions, type AnswerFlags } from "../answer-options.ts";
import { toAnswer } from "../answer.ts";
import { bundledModel } from "../bundled-model.ts";
import { Conversation } from "../chat/conversation.ts";
import { runRepl } from "../chat/repl.ts";
import { addEngineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { style } from "../output/style.ts";
import { addFormatOptions, readFormat, type FormatFlags } from "../response-format.ts";
import {
  addSamplingOptions,
  readSamplingOptions,
  type SamplingFlags,
} from "../sampling-options.ts";
import { readText } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";
import { tokenNames } from "@baichuan2/model";

interface ChatFlags extends ModelFlags, SamplingFlags, AnswerFlags, FormatFlags {
  readonly bundled?: boolean;
  readonly system?: string;
  readonly stream: boolean;
  readonly json?: boolean;
  readonly compat?: "original";
}

/** `baichuan2 chat`: a conversation on a terminal; one answer to an argument or to stdin. */
export function addChatCommand(
  program: Command,
  cli: Cli,
  setExitCode: (code: number) => void,
): void {
  const { t } = cli;
  const command = program
    .command("chat", { isDefault: false })
    .description(t("command.chat"))
    .argument("[message]", t("argument.message"));
  addEngineOptions(addModelOptions(command, t), t);
  addFormatOptions(addAnswerOptions(addSamplingOptions(command, t), t), t)
    .option("--system <text>", t("option.system"))
    .option("--bundled", t("option.bundled"))
    .option("--no-stream", t("option.noStream"))
    .option("--json", t("option.json"))
    .addOption(new Option("--compat <mode>", t("option.compat")).choices(["original"]))
    .action(async (message: string | undefined, flags: ChatFlags) =>
      setExitCode(await chat(cli, message, flags)),
    );
}

async function chat(cli: Cli, argument: string | undefined, given: ChatFlags): Promise<number> {
  const { io } = cli;
  const options: GenerateOptions = {
    ...readSamplingOptions(given),
    ...readAnswerOptions(cli, given, given.json ?? false),
    responseFormat: await readFormat(cli, given),
    compat: given.compat,
  };
  const flags = { ...given, model: await chatModel(cli, given) };
  const isRepl = argument === undefined && io.stdin.isTTY === true && !flags.json;
  const text = isRepl ? undefined : await readText(cli, argument);
  if (flags.bundled) note(io, style(io, io.stderr, "yellow", cli.t("chat.bundled")));
  await using model = await openModel(cli, flags);
  if (text === undefined)
    return await runRepl(cli, new Conversation(model, options, flags.system), flags.stream);

  if (flags.json) {
    const messages = [...new Conversation(model, options, flags.system).messages];
    const prompt = { messages: [...messages, { role: "user", content: text } as const] };
    const result = await model.generate(prompt, { ...options, signal: io.signal });
    await write(io.stdout, toJsonLine(toAnswer(result, tokenNames(model))));
  } else await answerOnce(cli, new Conversation(model, options, flags.system), text, flags.stream);
  return 0;
}

async function answerOnce(
  { io }: Cli,
  conversation: Conversation,
  text: string,
  isStreaming: boolean,
): Promise<void> {
  let whole = "";
  for await (const delta of conversation.say(text, io.signal)) {
    if (isStreaming) await write(io.stdout, delta);
    else whole += delta;
  }
  await write(io.stdout, `${whole}\n`);
}

async function chatModel(cli: Cli, { model, bundled }: ChatFlags): Promise<string> {
  const { t } = cli;
  if (bundled && model !== undefined) throw new UsageError(t("error.bundledAndModel"));
  if (bundled) return bundledModel(cli);
  if (model === undefined) throw new UsageError(t("error.noChatModel"));
  return model;
}
