export { interleave, type Contender, type Timing } from "./interleave.ts";
