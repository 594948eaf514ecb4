import { Command, Option } from "commander";
import { addBenchCommand } from "./commands/bench.ts";
import { addChatCommand } from "./commands/chat.ts";
import { addCompareCommand } from "./commands/compare.ts";
import { addDetokenizeCommand } from "./commands/detokenize.ts";
import { addEmbedCommand } from "./commands/embed.ts";
import { addEstimateCommand } from "./commands/estimate.ts";
import { addEvalCommand } from "./commands/eval.ts";
import { addFinetuneCommand } from "./commands/finetune.ts";
import { addGenerateCommand } from "./commands/generate.ts";
import { addInspectCommand } from "./commands/inspect.ts";
import { addLogitsCommand } from "./commands/logits.ts";
import { addMergeCommand } from "./commands/merge.ts";
import { addPerplexityCommand } from "./commands/perplexity.ts";
import { addPromptCommand } from "./commands/prompt.ts";
import { addQuantizeCommand } from "./commands/quantize.ts";
import { addScoreCommand } from "./commands/score.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addTokenizeCommand } from "./commands/tokenize.ts";
import { stripVTControlCharacters } from "node:util";
import type { Cli } from "./io.ts";
import { languages } from "./messages/translate.ts";
import { programVersion } from "./program-version.ts";
import type { MessageKey } from "./messages/en.ts";

const EXAMPLES = [
  'baichuan2 chat --bundled "你好"',
  "baichuan2 chat --model Baichuan2-7B-Chat",
  'echo "登鹳雀楼->王之涣" | baichuan2 generate --model Baichuan2-7B-Base --max-new-tokens 32',
  "baichuan2 inspect --json Baichuan2-13B-Chat",
  "baichuan2 estimate --shape 7b --context 4096 --batch 8",
  `echo '{"text":"你好"}' | baichuan2 tokenize --jsonl --tokenizer tokenizer.model`,
  "baichuan2 generate --jsonl --parallel 8 --model Baichuan2-7B-Chat < questions.jsonl > answers.jsonl",
  'baichuan2 chat --model Baichuan2-7B-Chat --json-schema city.json "广州有多少人？"',
  "baichuan2 perplexity --model Baichuan2-7B-Base --window 2048 --stride 1024 book.txt",
  "baichuan2 bench --shape 7b --layers 4 --prompt-tokens 128 --new-tokens 32 --json",
  "baichuan2 compare Baichuan2-7B-Base --dtype int4 --text book.txt",
  "baichuan2 quantize --model Baichuan2-7B-Chat --format nf4 --report Baichuan2-7B-Chat-nf4",
  "baichuan2 finetune --model_name_or_path Baichuan2-7B-Base --data_path belle.json --output_dir out --use_lora --bf16",
  "baichuan2 merge --model Baichuan2-7B-Base --adapter poet --output Baichuan2-7B-Poet",
  "baichuan2 eval run ceval cmmlu mmlu --model Baichuan2-7B-Base --data benchmarks --out run",
  "baichuan2 serve --model Baichuan2-7B-Chat --port 8000",
];

/**
 * The command line of the program, with all its commands.
 *
 * @param setExitCode - Takes the exit code of a command that ends without an error.
 */
export function createProgram(cli: Cli, setExitCode: (code: number) => void): Command {
  const { io, t } = cli;
  const program = new Command("baichuan2")
    .description(t("program.description"))
    .version(programVersion(), "-V, --version", t("option.version"))
    .helpOption("-h, --help", t("option.help"))
    .helpCommand("help [command]", t("help.command"))
    .addOption(new Option("--lang <language>", t("option.lang")).choices(languages))
    .option("--verbose", t("option.verbose"))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text), // the help, where no command is given
      outputError: () => {}, // errors are reported in one place, in the user's language
      getOutHasColors: () => false,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => t(titles[title] ?? "help.options"),
    })
    .showSuggestionAfterError(false)
    .addHelpText("after", () => helpFooter(cli));

  addChatCommand(program, cli, setExitCode);
  addGenerateCommand(program, cli);
  addInspectCommand(program, cli);
  addEstimateCommand(program, cli);
  addTokenizeCommand(program, cli);
  addDetokenizeCommand(program, cli);
  addPromptCommand(program, cli);
  addLogitsCommand(program, cli);
  addScoreCommand(program, cli);
  addPerplexityCommand(program, cli);
  addEmbedCommand(program, cli);
  addBenchCommand(program, cli);
  addCompareCommand(program, cli);
  addQuantizeCommand(program, cli);
  addFinetuneCommand(program, cli);
  addMergeCommand(program, cli);
  addServeCommand(program, cli);
  addEvalCommand(program, cli, setExitCode);
  for (const command of program.commands) command.helpOption("-h, --help", t("option.help"));
  return program;
}

/** Commander's headings. */
const titles: Readonly<Record<string, MessageKey>> = {
  "Usage:": "help.usage",
  "Arguments:": "help.arguments",
  "Options:": "help.options",
  "Global Options:": "help.globalOptions",
  "Commands:": "help.commands",
};

function helpFooter({ t }: Cli): string {
  const examples = EXAMPLES.map((line) => `  ${line}`).join("\n");
  const codes = stripVTControlCharacters(t("help.exitCodeList"));
  return `\n${t("help.examples")}\n${examples}\n\n${t("help.exitCodes")}\n  ${codes}\n\n${t("help.streams")}`;
}
