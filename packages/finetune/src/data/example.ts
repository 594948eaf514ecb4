import { z } from "zod";
import { describeIssue } from "../describe-issue.ts";
import { DataError } from "./data-error.ts";

/** A message of a training conversation. */
export interface Turn {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A row of training data: a conversation, or ids that are taken as they are. */
export type Example =
  | { readonly kind: "conversation"; readonly turns: readonly Turn[] }
  | {
      readonly kind: "ids";
      readonly inputIds: readonly number[];
      readonly labels: readonly number[];
    };

const ids = z.array(z.int()).min(1);

/** belle and sharegpt; the original takes everybody but "human" for the assistant. */
const conversations = z.object({
  conversations: z.array(z.object({ from: z.string(), value: z.string() })).min(1),
});

const messages = z.object({
  messages: z
    .array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }))
    .min(1),
});

const alpaca = z.object({
  instruction: z.string(),
  input: z.string().optional(),
  output: z.string(),
});

const tokenized = z.object({ input_ids: ids, labels: ids.optional() });

/** Layouts by the key that tells them apart. */
const layouts = {
  conversations: (row: unknown): Example => conversation(conversations.parse(row).conversations),
  messages: (row: unknown): Example => ({
    kind: "conversation",
    turns: messages.parse(row).messages,
  }),
  instruction: (row: unknown): Example => fromAlpaca(alpaca.parse(row)),
  input_ids: (row: unknown): Example => fromIds(tokenized.parse(row)),
} as const;

/**
 * Reads a row in one of the layouts that are common: `conversations` (belle, sharegpt), `messages` (OpenAI), `instruction`
 * (alpaca) or `input_ids` with `labels`.
 *
 * @param where - File and row, for errors.
 * @throws {DataError} if it is none of them, or a field is missing.
 */
export function parseExample(row: unknown, where: string): Example {
  const isObject = typeof row === "object" && row !== null;
  const key = (Object.keys(layouts) as (keyof typeof layouts)[]).find(
    (name) => isObject && name in row,
  );
  if (!key) {
    const got = isObject ? `keys ${Object.keys(row).join(", ")}` : typeof row;
    throw new DataError(where, `an object with ${Object.keys(layouts).join(", ")}`, got);
  }
  try {
    return layouts[key](row);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    const [issue] = cause.issues;
    const place = [where, ...(issue?.path.length ? [issue.path.join(".")] : [])].join(", ");
    const { expected, actual } = describeIssue(issue);
    throw new DataError(place, expected, actual, { cause });
  }
}

function conversation(turns: readonly { from: string; value: string }[]): Example {
  return {
    kind: "conversation",
    turns: turns.map(({ from, value }) => ({ role: roleOf(from), content: value })),
  };
}

function roleOf(from: string): Turn["role"] {
  if (from === "human" || from === "system") return from === "human" ? "user" : "system";
  return "assistant";
}

/** The input stands below the instruction, as in the prompts that alpaca was made with. */
function fromAlpaca({ instruction, input = "", output }: z.infer<typeof alpaca>): Example {
  const content = input === "" ? instruction : `${instruction}\n${input}`;
  return {
    kind: "conversation",
    turns: [
      { role: "user", content },
      { role: "assistant", content: output },
    ],
  };
}

function fromIds({ input_ids: inputIds, labels = inputIds }: z.infer<typeof tokenized>): Example {
  if (labels.length !== inputIds.length)
    throw new z.ZodError([
      { code: "custom", path: ["labels"], message: `${inputIds.length} labels`, input: labels },
    ]);
  return { kind: "ids", inputIds, labels };
}
