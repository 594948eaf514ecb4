import type { z } from "@hono/zod-openapi";
import { clientGone, invalidRequest } from "../errors/api-error.ts";
import type { ServerContext } from "./env.ts";
import { paramOf, unknownFields, withoutFields, type Path } from "./unknown-fields.ts";

/** Names the fields of a request that were left aside. */
export const IGNORED_HEADER = "x-baichuan2-ignored";

/** Most fields that are named. */
const MAX_NAMED = 20;

/** Deepest JSON that is taken: what reads it calls itself for each level (CWE-674). Schemas have a stricter limit. */
const MAX_DEPTH = 256;

/** Most objects and lists: checking one takes up to 30 µs, in which nobody else is served (CWE-770). */
const MAX_OBJECTS = 20_000;

/** Longest list, which token ids are: eight contexts of the 13B and more. */
const MAX_LENGTH = 100_000;

/**
 * Reads a request's JSON. Fields that the schema does not know are left aside, and named in a header of the answer.
 *
 * @param isStrict - Refuse them instead.
 * @throws {ApiError} 400 with `param` for what is no JSON or does not fit the schema.
 */
export async function readBody<Schema extends z.ZodType>(
  c: ServerContext,
  schema: Schema,
  isStrict: boolean,
): Promise<z.output<Schema>> {
  return readFields(c, parseJson(await readText(c)), schema, isStrict);
}

/**
 * Reads a request's query, as `readBody` reads its JSON.
 *
 * @param query - Default: all of it.
 */
export function readQuery<Schema extends z.ZodType>(
  c: ServerContext,
  schema: Schema,
  isStrict: boolean,
  query: Readonly<Record<string, string>> = c.req.query(),
): z.output<Schema> {
  return readFields(c, query, schema, isStrict);
}

function readFields<Schema extends z.ZodType>(
  c: ServerContext,
  json: unknown,
  schema: Schema,
  isStrict: boolean,
): z.output<Schema> {
  const first = schema.safeParse(json);
  if (first.success) return first.data;
  const unknown = unknownFields(first.error.issues);
  const [stranger] = unknown;
  if (stranger && isStrict) throw unknownField(stranger);
  const again = unknown.length > 0 ? schema.safeParse(withoutFields(json, unknown)) : first;
  if (!again.success) throw misfit(again.error);
  const names = unknown.slice(0, MAX_NAMED).map((path) => headerSafe(paramOf(path)));
  c.header(IGNORED_HEADER, [...new Set(names)].join(", "));
  return again.data;
}

/** Names may be anything; a header may not. */
function headerSafe(name: string): string {
  return name.slice(0, 100).replaceAll(/[^\x21-\x7e]|,/g, "?");
}

/** @throws {ApiError} 499 if the client goes before it has sent all. */
async function readText(c: ServerContext): Promise<string> {
  try {
    return await c.req.text();
  } catch (error) {
    c.var.facts.isGone = true; // nothing else ends a body early
    throw clientGone(error);
  }
}

function parseJson(text: string): unknown {
  const json = parsed(text);
  let level: object[] = [json].filter(isObject);
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MAX_DEPTH) throw tooMuch("json_too_deep", `${MAX_DEPTH} levels`);
    const values = level.map((one) => Object.values(one) as unknown[]);
    if (values.some(({ length }) => length > MAX_LENGTH))
      throw tooMuch("json_too_long", `${MAX_LENGTH} values in a list`);
    count += level.length;
    if (count > MAX_OBJECTS) throw tooMuch("json_too_large", `${MAX_OBJECTS} objects and lists`);
    level = values.flatMap((some) => some.filter(isObject));
  }
  return json;
}

function tooMuch(code: string, limit: string): Error {
  return invalidRequest(`body: expected at most ${limit} of JSON, got more`, { code });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalidRequest(`body: expected JSON, got ${whatIsWrong(text, cause)}`, {
      code: "invalid_json",
    });
  }
}

/** The parser's words without the text that it quotes: errors are logged. */
function whatIsWrong(text: string, cause: unknown): string {
  if (text === "") return "nothing";
  const message = cause instanceof Error ? cause.message : "";
  const [place] = /at position \d+( \(line \d+ column \d+\))?/.exec(message) ?? [];
  return place === undefined ? "a text that ends too early, or is none" : `an error ${place}`;
}

function unknownField(path: Path): Error {
  const param = paramOf(path);
  return invalidRequest(
    `${param}: expected a field that this server knows, got another one (leave it out, or start the server without --strict)`,
    { param, code: "unknown_parameter" },
  );
}

function misfit(error: z.ZodError): Error {
  const issue = deepest(error.issues);
  const param = paramOf(issue.path);
  const where = param === "" ? "body" : param;
  return invalidRequest(`${where}: ${lowerFirst(issue.message)}`, {
    param: param === "" ? null : param,
    code: issue.code === "invalid_type" ? "invalid_type" : "invalid_value",
    cause: error,
  });
}

/** Of alternatives the one that was got furthest with: it tells what its writer meant. An unknown field is no fault beside another. */
function deepest(
  issues: readonly z.core.$ZodIssue[],
  base: Path = [],
): { path: Path; message: string; code: string } {
  const issue = issues.find(({ code }) => code !== "unrecognized_keys") ?? issues[0];
  if (!issue) return { path: base, message: "expected something else", code: "invalid_value" };
  const path = [...base, ...issue.path];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return { ...issue, path };
  const inner = issue.errors.map((each) => deepest(each, path));
  const far = inner.toSorted((a, b) => b.path.length - a.path.length)[0];
  return far && far.path.length > path.length ? far : { ...issue, path };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
