import type { Example } from "../../generation/example.ts";

/**
 * The eight problems that hendrycks' program shows, with the dollar sign that the sixth lacks.
 *
 * @see hendrycks/math modeling/evaluate_gpt3.py at 985bdc1
 */
export const HENDRYCKS_PROBLEMS: readonly Example[] = [
  {
    question: String.raw`What is $\left(\frac{7}{8}\right)^3 \cdot \left(\frac{7}{8}\right)^{-3}$?`,
    answer: "1",
  },
  {
    question:
      "In how many ways can 4 books be selected from a shelf of 6 books if the order in which the books are selected does not matter?",
    answer: "15",
  },
  {
    question: "Find the distance between the points $(2,1,-4)$ and $(5,8,-3).$",
    answer: String.raw`\sqrt{59}`,
  },
  {
    question:
      "The faces of an octahedral die are labeled with digits $1$ through $8$. What is the probability, expressed as a common fraction, of rolling a sum of $15$ with a pair of such octahedral dice?",
    answer: String.raw`\frac{1}{32}`,
  },
  {
    question:
      "The first three terms of an arithmetic sequence are 1, 10 and 19, respectively. What is the value of the 21st term?",
    answer: "181",
  },
  { question: String.raw`Calculate $6 \cdot 8\frac{1}{3}`, answer: "50" },
  {
    question:
      "When the binary number $100101110010_2$ is divided by 4, what is the remainder (give your answer in base 10)?",
    answer: "2",
  },
  {
    question: String.raw`How many zeros are at the end of the product 25 $\times$ 240?`,
    answer: "3",
  },
];
