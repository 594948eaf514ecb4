import { Option, type Command, type CommanderError } from "commander";
import {
  newerNames,
  trainingArgumentsSchema,
  type ArgumentSchema,
  type TrainingArgumentName,
} from "@baichuan2/finetune/arguments";
import { UsageError } from "../exit-codes.ts";
import type { Cli } from "../io.ts";
import type { Translate } from "../messages/translate.ts";
import { nearestName } from "../nearest-name.ts";

/** Arguments as the command line has them: text, or true for a flag alone. */
export type GivenArguments = Readonly<Record<string, unknown>>;

/** Names of all arguments of a run. */
export const argumentNames = Object.keys(
  trainingArgumentsSchema().properties,
) as TrainingArgumentName[];

/** Adds an option for each argument of a run, as `--snake_case` and `--kebab-case`; help shows the former. */
export function addTrainingOptions(command: Command, { t }: Cli): Command {
  const { properties } = trainingArgumentsSchema();
  for (const name of argumentNames) {
    const schema = properties[name];
    const value = valueName(name, schema);
    const kebab = name.replaceAll("_", "-");
    const flags = kebab === name ? `--${name}` : `--${kebab}, --${name}`;
    command.addOption(new Option(`${flags} ${value}`, description(t, name, schema)));
  }
  for (const name of Object.keys(newerNames)) {
    const flags = `--${name.replaceAll("_", "-")}, --${name} <name>`;
    command.addOption(new Option(flags).hideHelp());
  }
  return command.configureHelp({
    ...command.configureHelp(),
    optionTerm: ({ flags }) => flags.replace(/^--[\w-]+, --/, "--"),
  });
}

/** What stands for the value in the help; in brackets where the flag alone has a meaning. */
function valueName(
  name: TrainingArgumentName,
  { type, enum: values, anyOf }: ArgumentSchema,
): string {
  if (values) return "<name>";
  if (anyOf) return "[dir]";
  if (type === "boolean") return "[bool]";
  if (type === "array") return "<names>";
  if (type === "number" || type === "integer") return "<n>";
  if (name === "model_name_or_path") return "<dir|id>";
  return name.endsWith("_dir") ? "<dir>" : "<file>";
}

function description(t: Translate, name: TrainingArgumentName, schema: ArgumentSchema): string {
  const own = t(`finetune.${name}`);
  const values = schema.enum?.join(", ");
  const text = values === undefined ? own : t("option.withValues", { text: own, values });
  if (schema.default === undefined) return text;
  return t("option.withDefault", { text, value: String(schema.default) });
}

/** The arguments among a command's options. */
export function givenArguments(options: GivenArguments): GivenArguments {
  const known = [...argumentNames, ...Object.keys(newerNames)];
  const given = known.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

/** An error of the parser, where it is about an unknown flag with the known one that is nearest. */
export function withNearestFlag(
  error: CommanderError,
  command: Command,
  t: Translate,
): CommanderError | UsageError {
  const [, name = ""] = /unknown option '(--[^']*)'/.exec(error.message) ?? [];
  if (error.code !== "commander.unknownOption" || name === "") return error;
  const written = name.replace(/=.*$/, "");
  const known = command.options.flatMap(({ long }) => (long ? [long] : []));
  const near = [written, `--${written.slice(2).replaceAll("-", "_")}`]
    .map((one) => nearestName(one, known))
    .find((one) => one !== undefined);
  if (near === undefined) return error;
  const message = t("error.unknownOptionNear", { name: written, near });
  const parts = { message, command: `baichuan2 ${command.name()}` };
  return new UsageError(t("error.seeHelp", parts), { cause: error });
}
