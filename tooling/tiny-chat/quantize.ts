/**
 * Makes the 4-bit (bitsandbytes NF4) and 8-bit (LLM.int8()) forms of the bundled model: OUT/model-4bits and OUT/model-int8.
 *
 *   node --conditions=@baichuan2/source tooling/tiny-chat/quantize.ts OUT
 */
import { writeQuantizedForms } from "./recipe/quantized-forms.ts";

const [out = "."] = process.argv.slice(2);
for (const [name, sizeBytes] of await writeQuantizedForms(out))
  console.log(`${name}: ${sizeBytes} bytes of weights`);
