import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** An independent validator of a schema (draft 2020-12). */
export function validatorOf(schema: unknown): ValidateFunction {
  const ajv = new Ajv2020({ strict: false });
  // The package is CommonJS; its default export is the function only to a bundler.
  const add = addFormats as unknown as { default?: typeof addFormats.default } & typeof addFormats.default;
  (add.default ?? add)(ajv);
  return ajv.compile(schema as object | boolean);
}
