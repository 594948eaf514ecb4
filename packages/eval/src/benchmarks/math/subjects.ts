import type { Title } from "../../benchmark.ts";

/** A folder of MATH. */
export interface MathSubject {
  readonly title: Title;
  /** Problems in `test`. */
  readonly problems: number;
}

/**
 * The seven subjects, by their folders.
 *
 * @see hendrycks/math README at 985bdc1
 */
export const MATH_SUBJECTS: Readonly<Record<string, MathSubject>> = {
  algebra: { title: { en: "algebra", zh: "代数" }, problems: 1187 },
  counting_and_probability: {
    title: { en: "counting and probability", zh: "计数与概率" },
    problems: 474,
  },
  geometry: { title: { en: "geometry", zh: "几何" }, problems: 479 },
  intermediate_algebra: { title: { en: "intermediate algebra", zh: "中级代数" }, problems: 903 },
  number_theory: { title: { en: "number theory", zh: "数论" }, problems: 540 },
  prealgebra: { title: { en: "prealgebra", zh: "初等代数" }, problems: 871 },
  precalculus: { title: { en: "precalculus", zh: "预备微积分" }, problems: 546 },
};
