import type { ResponseFormat } from "@baichuan2/model";
import { invalidRequest } from "../../errors/api-error.ts";
import { withMovedRefs } from "./moved-refs.ts";
import type { ToolFields, ToolFunction } from "./tools-schema.ts";

/** Which functions an answer may or must call. */
export interface ToolChoice {
  /** `auto`: as the model likes; `required`: one of them; `named`: the one that there is. */
  readonly mode: "auto" | "required" | "named";
  readonly functions: readonly ToolFunction[];
}

/**
 * Reads what a request says about tools.
 *
 * @returns undefined where none may be called.
 * @throws {ApiError} 400 for a choice of a function that is not there, or of any where there are none.
 */
export function toolChoice({ tools, tool_choice: choice }: ToolFields): ToolChoice | undefined {
  const functions = (tools ?? []).map((tool) => tool.function);
  checkNames(functions);
  if (choice === "none") return undefined;
  if (typeof choice === "object" && choice !== null) {
    const named = functions.filter(({ name }) => name === choice.function.name);
    if (named.length === 0) throw notThere(choice.function.name, functions);
    return { mode: "named", functions: named };
  }
  if (functions.length === 0) {
    if (choice === "required")
      throw invalidRequest("tool_choice: expected tools beside it, got none", {
        param: "tool_choice",
      });
    return undefined;
  }
  return { mode: choice === "required" ? "required" : "auto", functions };
}

/** JSON of one call of one of the functions. */
export function callFormat(functions: readonly ToolFunction[]): ResponseFormat {
  const calls = functions.map(({ name, parameters }, index) => ({
    type: "object",
    properties: {
      name: { const: name },
      arguments: withMovedRefs(
        argumentsSchema(parameters),
        `#/anyOf/${index}/properties/arguments`,
      ),
    },
    required: ["name", "arguments"],
    additionalProperties: false,
  }));
  return { type: "json_schema", schema: { anyOf: calls } };
}

/** A schema without a word about its type means an object, as arguments always are. */
function argumentsSchema(parameters: ToolFunction["parameters"]): Record<string, unknown> {
  return { type: "object", ...parameters };
}

function checkNames(functions: readonly ToolFunction[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of functions.entries()) {
    if (seen.has(name)) {
      const param = `tools[${index}].function.name`;
      throw invalidRequest(
        `${param}: expected another name than those before it, got "${name}" again`,
        {
          param,
        },
      );
    }
    seen.add(name);
  }
}

function notThere(name: string, functions: readonly ToolFunction[]): Error {
  const names = functions.map((one) => `"${one.name}"`).join(", ") || "a tool";
  return invalidRequest(
    `tool_choice: expected one of ${names}, got ${JSON.stringify(name.slice(0, 100))}`,
    { param: "tool_choice" },
  );
}
