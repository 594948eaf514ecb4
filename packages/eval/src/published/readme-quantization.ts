import type { PublishedRows } from "./published-table.ts";

/** How many bits a weight has. */
export type WeightBits = 16 | 8 | 4;

/** Memory of a model, in GB; the Chinese and the English README disagree in places. */
export interface PublishedMemory {
  readonly model: "Baichuan2-7B" | "Baichuan2-13B";
  readonly bits: WeightBits;
  readonly zh: number;
  readonly en: number;
}

/** The README's table of memory, of bf16 or fp16, 8bits and 4bits. */
export const README_MEMORY: readonly PublishedMemory[] = [
  { model: "Baichuan2-7B", bits: 16, zh: 15.3, en: 14 },
  { model: "Baichuan2-7B", bits: 8, zh: 8, en: 8 },
  { model: "Baichuan2-7B", bits: 4, zh: 5.1, en: 5.1 },
  { model: "Baichuan2-13B", bits: 16, zh: 27.5, en: 25.9 },
  { model: "Baichuan2-13B", bits: 8, zh: 16.1, en: 14.2 },
  { model: "Baichuan2-13B", bits: 4, zh: 8.6, en: 8.6 },
];

/** The README's table of scores of the chat models before and behind quantization: 5 shots, C-Eval of its val questions. */
export const README_QUANTIZATION: {
  readonly columns: readonly string[];
  readonly rows: PublishedRows;
} = {
  columns: ["C-Eval", "MMLU", "CMMLU"],
  rows: {
    "Baichuan2-13B-Chat": [56.74, 57.32, 59.68],
    "Baichuan2-13B-Chat-4bits": [56.05, 56.24, 58.82],
    "Baichuan2-7B-Chat": [54.35, 52.93, 54.99],
    "Baichuan2-7B-Chat-4bits": [53.04, 51.72, 52.84],
  },
};
