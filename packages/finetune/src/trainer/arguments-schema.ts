import { z } from "zod";
import { trainingArguments, type TrainingArguments } from "./training-arguments.ts";

/** Name of an argument. */
export type TrainingArgumentName = keyof TrainingArguments;

/** The part of a JSON schema that tells about one argument. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
  readonly anyOf?: readonly ArgumentSchema[];
  readonly description?: string;
}

/** JSON schema of a run's arguments. */
export interface ArgumentsSchema {
  readonly $schema: string;
  readonly type: "object";
  readonly properties: Readonly<Record<TrainingArgumentName, ArgumentSchema>>;
  readonly required: readonly TrainingArgumentName[];
  readonly additionalProperties: boolean;
}

/** JSON schema (draft 2020-12) of `parseTrainingArguments`' input, as a configuration file has it: numbers are no text there. */
export function trainingArgumentsSchema(): ArgumentsSchema {
  const schema = z.toJSONSchema(trainingArguments, {
    // Outputs: what stands behind "True" and "W_pack,o_proj" are no texts. All that has a default is there then.
    io: "output",
    override: ({ jsonSchema }) => {
      // zod's bounds of integers say nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  }) as unknown as ArgumentsSchema;
  const required = schema.required.filter((name) => schema.properties[name].default === undefined);
  return { ...schema, required };
}
