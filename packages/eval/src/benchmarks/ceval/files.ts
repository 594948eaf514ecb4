import type { DataFile } from "../../benchmark.ts";
import { cevalFile } from "./load-ceval.ts";
import { CEVAL_SUBJECTS } from "./subjects.ts";

/** Rows of those that were seen whole, though not byte for byte as they were published. */
const ROWS: Readonly<Record<string, { readonly val: number; readonly test: number }>> = {
  accountant: { val: 49, test: 443 },
  advanced_mathematics: { val: 19, test: 173 },
  clinical_medicine: { val: 22, test: 200 },
  computer_network: { val: 19, test: 171 },
  high_school_chinese: { val: 19, test: 178 },
  high_school_physics: { val: 19, test: 175 },
  law: { val: 24, test: 221 },
  logic: { val: 22, test: 204 },
  marxism: { val: 19, test: 179 },
  middle_school_biology: { val: 21, test: 192 },
  operating_system: { val: 19, test: 179 },
};

/** The files of C-Eval. */
export const CEVAL_FILES: readonly DataFile[] = Object.keys(CEVAL_SUBJECTS).flatMap((subject) =>
  (["dev", "val", "test"] as const).map((split) => ({
    path: cevalFile(subject, split),
    rows: split === "dev" ? 5 : ROWS[subject]?.[split],
    isOptional: split === "test",
  })),
);
