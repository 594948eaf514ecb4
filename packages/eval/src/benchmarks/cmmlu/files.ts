import type { DataFile } from "../../benchmark.ts";
import { cmmluFile } from "./load-cmmlu.ts";
import { CMMLU_SUBJECTS } from "./subjects.ts";

/** Rows of test files, of those that were seen whole. */
const TEST_ROWS: Readonly<Record<string, number>> = {
  agronomy: 169,
  anatomy: 148,
  ancient_chinese: 164,
  chinese_driving_rule: 131,
  college_actuarial_science: 106,
  college_medicine: 273,
  computer_science: 204,
  elementary_chinese: 252,
  genetics: 176,
  high_school_mathematics: 164,
  world_history: 161,
};

/** Hashes of the published files, of those that were seen whole. */
const SHA256: Readonly<Record<string, string>> = {
  agronomy_dev: "17d0d80683455a4a12259b8c653c951af4ad4cd32ac23615908e9a9e509bb48c",
  agronomy_test: "df621d68ea7a6d9adca9c3e98f902cbb5f193a51d7f1c4c4ae2f242fd23961d5",
  anatomy_dev: "5e2d407357f3ad71d267d615ebdf0dba2ff720548cf504f87026c8e15990d82e",
  anatomy_test: "b0488d7a394473ba9f3d6ba92a4a88f9c5b7738bc812b8aaea057218c9cf909c",
  ancient_chinese_dev: "646d4a02d4998f176c111091e5fc23d12ce457ffbd8d2b500d33df06421a2231",
  ancient_chinese_test: "0668734669ce0bd646a21e71050e8821c0526cbf0d1707cc707f3d63a7e59883",
  chinese_driving_rule_dev: "b5f88cf888f44d1136dbb68d671c932198bac944da0d16a947019b7c21cbd28e",
  chinese_driving_rule_test: "e12e4a67bf7fb90f8d278c90d8f06abf8abfd138ec4388a4bb7feed266c9c1ac",
  college_actuarial_science_dev: "6fa08c27516db844de123f6f1db88706e608bc37be1eb3e76993965a7d4841bb",
  college_actuarial_science_test:
    "85a044386c41215e6005f668328b85bf245a2ace6d2a6258a84b91031c91f3c2",
  college_medicine_dev: "9f54c3fc7e9fab4e1583afb6be85f21e9b8b83a2bcbaff336df68e2d4296ee04",
  college_medicine_test: "aa24898b813f7c9567e8ed4cda70ddc79082630bb6bc00939018d65b1de70988",
  computer_science_dev: "73d4e0b6280067ded704dbe3ff41c0e8e7d2c966479a000d828d9f5a15feedd0",
  computer_science_test: "5a0ba2cf68147a330ac37a34cf4c68bd4590d9f5dd7e5ea5eee7b49fbe9ded6b",
  elementary_chinese_dev: "d8cbcc1db6360d47af57bc049fed0f274c52079881085c95213960d52bc06e69",
  elementary_chinese_test: "6b01b98f8e5d9423095adfef329974e3b1f48a02bd7e92d202d7c46912bbb798",
  genetics_dev: "cca416a0efc91c77af33cb0e9674853e1ff31b2573d09f94b1b9b36e1bbae2b9",
  genetics_test: "54988038f3ac9e07a337411d393315429e92ae97b76fab24ebcda0c0c65ecc78",
  high_school_mathematics_dev: "7175e27a845260f0c97088c7dbcf4a571d46e617d6c0378aa45ac219119ab473",
  high_school_mathematics_test: "8fa2fd48768defe7473e1b13f3d3864f792ae99a153f1eb6fea8b4d2842f021d",
  world_history_dev: "1f9172bdf584bf9157e04c04d20887133331ae378fce5d9a2a6a7c3b403b66e5",
  world_history_test: "c90510266dde54e3878b6fa7b00d8c85285f75daed398e0c19353eb66e9e23f0",
};

/** The files of CMMLU. */
export const CMMLU_FILES: readonly DataFile[] = Object.keys(CMMLU_SUBJECTS).flatMap((subject) =>
  ["dev", "test"].map((split) => ({
    path: cmmluFile(subject, split),
    sha256: SHA256[`${subject}_${split}`],
    rows: { dev: 5, test: TEST_ROWS[subject] }[split],
  })),
);
