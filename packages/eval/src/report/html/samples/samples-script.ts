/**
 * The script that shows samples, plain JavaScript: everything is built as text and never as HTML. It reads a task's samples
 * when the task is chosen, and builds a sample when it is opened, so that pages with many thousands of them stay quick.
 */
export const SAMPLES_SCRIPT = `
"use strict";
(() => {
const PER_PAGE = 25;
const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId("words").textContent);
const fill = (label, values) => label.replace(/\\{(\\w+)\\}/g, (whole, name) => (name in values ? values[name].toLocaleString("en-US") : whole));
const element = (name, parent, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return parent.appendChild(made);
};

const textsOf = (sample) => [sample.id, sample.question, sample.gold, sample.prompt,
  ...sample.responses.flatMap(({ answer, notes, texts }) => [answer, ...notes, ...texts])];
const matches = (sample, tag, wanted) => (tag === "" || sample.tags.includes(tag))
  && (wanted === "" || textsOf(sample).some((text) => text !== null && text.toLowerCase().includes(wanted)));

const markOf = (score) => (score === null ? ["?", ""] : score === 1 ? ["✓", "isRight"] : score === 0 ? ["✗", "isWrong"] : ["~", "isWrong"]);
const addMark = (parent, score) => {
  const [mark, className] = markOf(score);
  element("span", parent, mark, "mark " + className);
};
const addFact = (list, label, value) => {
  const row = element("div", list);
  element("dt", row, label);
  element("dd", row, value === null ? words.none : value);
};
const addOptions = (parent, { optionsTitle, options }) => {
  if (options.length === 0) return;
  element("h3", parent, optionsTitle);
  for (const { label, value, share, isBest } of options) {
    const row = element("div", parent, undefined, isBest ? "option isBest" : "option");
    element("span", row, label, "label");
    element("i", element("span", row, undefined, "bar")).style.width = 100 * share + "%";
    element("span", row, value + "  " + (100 * share).toFixed(1) + " %", "value");
  }
};
const addResponse = (parent, response, gold) => {
  if (response.run !== undefined) element("h2", parent, response.run);
  const list = element("dl", parent);
  addFact(list, words.answer, response.answer);
  addFact(list, words.gold, gold);
  if (response.score !== null) addFact(list, words.score, (100 * response.score).toFixed(2));
  for (const note of response.notes) addFact(list, words.note, note);
  addOptions(parent, response);
  for (const text of response.texts) {
    element("h3", parent, words.generated);
    element("pre", parent, text).tabIndex = 0;
  }
};
const addPrompt = (parent, sample, task) => {
  element("h3", parent, words.prompt);
  if (sample.before >= 0) {
    const count = task.samples.filter(({ before }) => before === sample.before).length;
    const shared = element("details", parent);
    element("summary", shared, fill(words.sharedPrompt, { count }));
    element("pre", shared, task.beginnings[sample.before]).tabIndex = 0;
  }
  element("pre", parent, sample.prompt).tabIndex = 0;
};
const addSample = (parent, sample, task) => {
  const details = element("details", parent, undefined, "sample");
  const summary = element("summary", details);
  for (const { score } of sample.responses) addMark(summary, score);
  element("span", summary, sample.id, "id quiet");
  element("span", summary, sample.question, "question");
  const answers = [...new Set(sample.responses.map(({ answer }) => (answer === null ? "–" : answer)))].join(" / ");
  element("span", summary, sample.gold === null ? answers : answers + " (" + sample.gold + ")", "answers quiet");
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    const body = element("div", details, undefined, "body");
    const sides = element("div", body, undefined, "sides");
    for (const response of sample.responses) addResponse(element("div", sides), response, sample.gold);
    addPrompt(body, sample, task);
  });
};

const tasks = new Map();
const taskOf = (id) => {
  if (!tasks.has(id)) tasks.set(id, JSON.parse(byId(id).textContent));
  return tasks.get(id);
};
let first = 0;
const show = () => {
  const id = byId("task").value;
  if (id === "") return;
  const task = taskOf(id);
  const found = task.samples.filter((sample) => matches(sample, byId("tag").value, byId("search").value.trim().toLowerCase()));
  first = Math.max(0, Math.min(first, found.length - 1));
  const page = found.slice(first, first + PER_PAGE);
  const counts = { from: first + 1, to: first + page.length, found: found.length, kept: task.samples.length, total: task.total };
  byId("found").textContent = fill(page.length > 0 ? words.shown : words.noneShown, counts);
  byId("list").replaceChildren();
  for (const sample of page) addSample(byId("list"), sample, task);
  byId("previous").disabled = first === 0;
  byId("next").disabled = first + PER_PAGE >= found.length;
};
const showFrom = (start) => { first = start; show(); };
for (const id of ["task", "tag", "search"]) byId(id).addEventListener("input", () => showFrom(0));
byId("previous").addEventListener("click", () => showFrom(Math.max(0, first - PER_PAGE)));
byId("next").addEventListener("click", () => showFrom(first + PER_PAGE));
for (const link of document.querySelectorAll("a[data-task]")) link.addEventListener("click", () => {
  byId("task").value = link.dataset.task;
  byId("tag").value = byId("search").value = "";
  showFrom(0);
});
show();
})();
`;
