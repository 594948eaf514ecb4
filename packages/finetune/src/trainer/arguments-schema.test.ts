import { expect, it } from "vitest";
import { trainingArgumentsSchema } from "./arguments-schema.ts";
import { parseTrainingArguments } from "./training-arguments.ts";

it("the schema of arguments asks only for what has no default, and knows types and values", () => {
  const { properties, required, additionalProperties } = trainingArgumentsSchema();
  expect(required).toEqual(["model_name_or_path", "data_path", "output_dir"]);
  expect(additionalProperties).toBe(false);
  expect(properties.bf16).toEqual({ type: "boolean", default: false });
  expect(properties.max_steps).toEqual({ type: "integer", default: -1 });
  expect(properties.lora_target_modules).toMatchObject({ type: "array", default: ["W_pack"] });
  expect(properties.report_to.enum).toContain("tensorboard");
});

it("the schema's defaults are those that are filled in", () => {
  const needed = { model_name_or_path: "m", data_path: "d", output_dir: "o" };
  const args: Record<string, unknown> = parseTrainingArguments(needed);
  const { properties } = trainingArgumentsSchema();
  for (const [name, property] of Object.entries(properties))
    if (property.default !== undefined) expect(args[name]).toEqual(property.default);
});
