import { Option, type Command } from "commander";
import type { GenerateOptions } from "@baichuan2/model";
import { bundledModel } from "../bundled-model.ts";
import { Conversation } from "../chat/conversation.ts";
import { runRepl } from "../chat/repl.ts";
import { UsageError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import { addModelOptions, openModel, type ModelFlags } from "../model-options.ts";
import { style } from "../output/style.ts";
import {
  addSamplingOptions,
  readSamplingOptions,
  type SamplingFlags,
} from "../sampling-options.ts";
import { readText } from "../text-input.ts";
import { toAnswer } from "./generate.ts";
import { toJsonLine } from "../to-json-line.ts";

interface ChatFlags extends ModelFlags, SamplingFlags {
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
  addSamplingOptions(addModelOptions(command, t), t)
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
  const sampling = readSamplingOptions(given);
  const flags = { ...given, model: await chatModel(cli, given) };
  const isRepl = argument === undefined && io.stdin.isTTY === true && !flags.json;
  const text = isRepl ? undefined : await readText(cli, argument);
  if (flags.bundled) note(io, style(io, io.stderr, "yellow", cli.t("chat.bundled")));
  await using model = await openModel(cli, flags);
  const options: GenerateOptions = { ...sampling, compat: flags.compat };
  if (text === undefined)
    return await runRepl(cli, new Conversation(model, options, flags.system), flags.stream);

  if (flags.json) {
    const messages = [...new Conversation(model, options, flags.system).messages];
    const prompt = { messages: [...messages, { role: "user", content: text } as const] };
    const result = await model.generate(prompt, { ...options, signal: io.signal });
    await write(io.stdout, toJsonLine(toAnswer(result)));
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
