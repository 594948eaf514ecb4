/** Words of reports in English. */
export const en = {
  reportTitle: "Evaluation: {model}",
  diffTitle: "Comparison: {left} and {right}",
  checkpointsTitle: "Scores over training tokens",
  quantizationTitle: "Scores and sizes of quantised models",

  model: "Model",
  fingerprint: "Fingerprint",
  version: "Version",
  limit: "Samples of a task, at most",
  answered: "Answered",
  ofPlanned: "{done} of {planned}",
  partial:
    "Partial: {done} of {planned} samples are answered so far, and all scores are of these alone.",
  partialTasks: "Means over tasks are of the {scored} of {tasks} tasks that have a graded sample.",

  general: "General",
  "law-medicine": "Law and medicine",
  "math-code": "Mathematics and code",
  multilingual: "Multilingual translation",

  summary: "Summary",
  benchmark: "Benchmark",
  group: "Group",
  groups: "Groups",
  task: "Task",
  tasks: "Tasks",
  recipe: "Recipe",
  shots: "Shots",
  score: "Score",
  interval: "95 % interval",
  micro: "Mean over samples",
  macro: "Mean over tasks",
  samples: "Samples",
  unanswered: "No answer",
  ungraded: "Right answer unknown",
  truncated: "Prompts cut",
  cutPrompts:
    "Prompts cut to the model's context: {benchmarks} – such scores are not comparable with others.",
  published: "README: {model}",
  difference: "Difference",
  options: "Options",
  asked: "Asked (hash)",
  chosen: "Chosen here, as nobody published it",
  notes: "Notes",
  method:
    "Scores are percentages. Intervals: Wilson's for right and wrong; for means over tasks, the halves of the tasks' " +
    "intervals added in squares; drawn again and again with a fixed seed for scores that are no means. A sample without an " +
    "answer is not right; one whose right answer nobody has published is not counted.",
  source:
    "Published numbers are those of Baichuan2's README ({source}): C-Eval of its test questions, but for chat models of its " +
    "val questions.",

  samplesTitle: "Samples",
  samplesKept:
    "Of each task, at most {kept} samples are in this page, those first that are not right; long texts are cut.",
  show: "Show",
  all: "all",
  right: "right",
  wrong: "not right",
  noAnswer: "without an answer",
  unknown: "right answer unknown",
  search: "Search",
  previous: "Previous",
  next: "Next",
  shown: "{from} to {to} of {found}; in this page {kept} of {total}",
  noneShown: "None; in this page {kept} of {total}",
  question: "Question",
  answer: "Answer",
  gold: "Right answer",
  none: "none",
  note: "Note",
  sharedPrompt: "Beginning of the prompt, the same for {count} samples here",
  prompt: "Prompt",
  generated: "Generated",
  cutLength: "stopped at the limit of tokens",
  letters: "Logits, and their share after softmax",
  logLikelihood: "Log-likelihoods, and their share after softmax",
  perplexity:
    "Mean cross-entropies (less is better), and the probability of a token relative to the best",
  lostTokens: "The prompt lost {count} tokens at its beginning.",
  cut: "… {count} characters left out …",
  moreTexts: "{count} more answers are left out.",
  noScript: "The samples and charts of this page are shown by the script in it.",

  left: "Left",
  rightRun: "Right",
  pairs: "Samples of both",
  lost: "only left is right",
  won: "only right is right",
  otherAnswer: "other answers, the same score",
  lostColumn: "Only left right",
  wonColumn: "Only right right",
  agreement: "Equal answers",
  p: "p",
  diffMethod:
    "Differences are right minus left, in points, over samples that both runs have answered and whose right answer is " +
    "known. p: the probability of a difference at least as large if there were none; by the exact McNemar test over all " +
    "samples for right and wrong, by drawing pairs again (marked *) for other scores.",
  unpaired:
    "Not compared: {onlyLeft} samples of the left run alone, {onlyRight} of the right run alone, {changed} whose question or " +
    "right answer is not the same in both.",
  otherRecipes: "The recipes are not the same: {left}, {right}.",
  onlyInLeft: "Only in the left run: {names}",
  onlyInRight: "Only in the right run: {names}",
  change: "Change",
  changes: "Samples that changed",
  changesKept:
    "Of each task, at most {kept} samples are in this page, those first that one run alone has right; long texts are cut.",
  changesShown: "{shown} of {total} are listed.",
  noChanges: "No sample has another score or answer.",
  noPairs: "No sample is in both runs.",

  checkpoint: "Checkpoint",
  tokens: "Training tokens, in billions",
  format: "Format",
  size: "Size",
  readmeMemory: "The README's memory",
  readmeScores: "The README's scores",
  precision: "Precision",
  inZh: "{model}, Chinese README",
  inEn: "{model}, English README",
  quantizationMethod:
    "Differences in brackets are to the first row, over the samples that both have; * marks those with p < 0.05.",
};

/** Words of reports. */
export type ReportLabels = Readonly<Record<keyof typeof en, string>>;
