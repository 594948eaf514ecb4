export { fromFile } from "./from-file.ts";
export { BAICHUAN2_SHA256, type ReadOptions } from "./read-model-file.ts";
