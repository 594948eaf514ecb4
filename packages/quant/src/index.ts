export { QuantError } from "./quant-error.ts";
