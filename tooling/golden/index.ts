export { readGolden, type GoldenArray, type GoldenFile } from "./arrays.ts";
export { readJsonLines } from "./json-lines.ts";
export { describeShared, hasSharedData, sharedData } from "./shared-data.ts";
