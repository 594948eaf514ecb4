import { rstrip, strip } from "../../python/text.ts";
import type { MbppProblem } from "./load-mbpp.ts";

/** A problem and its examples. */
export interface MbppExamples {
  readonly shots: readonly MbppProblem[];
  readonly question: MbppProblem;
}

/** Writes a prompt. */
export type MbppPromptOf = (examples: MbppExamples) => string;

const task = ({ text }: MbppProblem): string =>
  `You are an expert Python programmer, and here is your task: ${text} Your code should pass these tests:\n\n`;

/** How OpenCompass's prompts differ. */
interface Spacing {
  /** Before each further test of an example. */
  readonly indent: string;
  /** Between what the person says and what the model says. */
  readonly between: string;
}

/**
 * OpenCompass's prompts: code in single quotes, and spaces where they happen to be. Its examples are written out there; here
 * they are made of the same rows, each test without the spaces around it and, but for the first of all, with one behind it.
 *
 * @see opencompass configs/datasets/mbpp/mbpp_gen_1e1056.py, mbpp_gen_6590b0.py at b885ec84, mbpp_gen_830460.py at a5acc4b
 */
export function openCompassPrompt({ indent, between }: Spacing): MbppPromptOf {
  const exampleOf = (shot: MbppProblem, place: number): string => {
    const tests = shot.tests.map((test, row) => strip(test) + (place + row === 0 ? "" : " "));
    const answer = `[BEGIN]\n '${rstrip(shot.code)}' \n[DONE] \n\n `;
    return `${task(shot)} ${tests.join(`\n${indent}`)}\n${between}${answer}${between}`;
  };
  return ({ shots, question }) => {
    const query = `${task(question)} ${question.tests.join("\n")}  \n${between}[BEGIN]\n`;
    return shots.map(exampleOf).join("") + query;
  };
}

/**
 * The prompt of the paper, which lm-evaluation-harness has too.
 *
 * @see Austin et al. 2021, https://arxiv.org/abs/2108.07732, figure 1
 * @see lm-evaluation-harness lm_eval/tasks/mbpp at 4e7e0d4
 */
export const paperPrompt: MbppPromptOf = ({ shots, question }) => {
  const ask = (problem: MbppProblem): string =>
    `${task(problem)}${problem.tests.join("\n")}\n[BEGIN]\n`;
  const examples = shots.map((shot) => `${ask(shot)}${shot.code}\n[DONE]\n\n`);
  return examples.join("") + ask(question);
};
