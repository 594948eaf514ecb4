import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
import { arithmetic, cages, medians, translations } from "./families.ts";
import type { Question } from "./question.ts";

const data = new URL("../data/", import.meta.url);

const written = z.array(
  z.strictObject({
    answer: z.string().min(1),
    seen: z.array(z.string().min(1)).min(1),
    unseen: z.array(z.string().min(1)).min(1),
  }),
);

const texts = z.strictObject({ seen: z.array(z.string()), unseen: z.array(z.string()) });
const pairs = z.array(z.tuple([z.string(), z.string()]));
const answered = z.strictObject({ seen: pairs, unseen: pairs });
const sums = z.strictObject({ answer: z.string(), ...texts.shape });

/** Templates of the questions that are generated. */
const families = z.strictObject({
  toEnglish: texts,
  toChinese: texts,
  sum: sums,
  difference: sums,
  product: sums,
  median: answered,
  cage: answered,
});
export type Families = z.infer<typeof families>;

/** The templates of generated questions. */
export async function readFamilies(): Promise<Families> {
  return families.parse(await readJson("families.json"));
}

/** All questions: those that were written and those that the families give. */
export async function readQuestions(): Promise<Question[]> {
  const templates = await readFamilies();
  return [
    ...(await readWritten()),
    ...arithmetic(templates),
    ...translations(templates, pairs.parse(await readJson("translations.json"))),
    ...medians(templates),
    ...cages(templates),
  ];
}

async function readWritten(): Promise<Question[]> {
  const names = (await readdir(new URL("questions/", data))).toSorted();
  const files = await Promise.all(
    names.map(async (name) => written.parse(await readJson(`questions/${name}`))),
  );
  return files.flat().map(({ answer, seen, unseen }) => {
    const asked = (questions: readonly string[]) =>
      questions.map((question) => ({ question, answer }));
    return { category: "written", seen: asked(seen), unseen: asked(unseen) };
  });
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, data), "utf8"));
}
