/**
 * The script of the page, plain JavaScript: builds everything from the JSON in it, as text and never as HTML, and draws the
 * charts again when the window or the colour scheme changes.
 */
export const PAGE_SCRIPT = `
const data = JSON.parse(document.getElementById("data").textContent);
const element = (name, parent, text) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return parent.appendChild(made);
};
const list = (parent, rows) => {
  const made = element("dl", parent);
  for (const [label, value] of rows) {
    const row = element("div", made);
    element("dt", row, label);
    element("dd", row, value);
  }
};

const main = document.getElementById("report");
main.replaceChildren();
element("h1", main, data.title);
list(element("section", main), data.facts);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const number = (value) => (value == null ? "–" : String(Number(value.toPrecision(5))));
const ticksOf = (_, ticks) => {
  const isSmall = Math.max(...ticks.map(Math.abs)) < 0.01;
  return ticks.map((value) => (isSmall && value !== 0 ? Number(value.toPrecision(6)).toExponential() : String(Number(value.toPrecision(6)))));
};
const axis = (size) => ({
  stroke: color("quiet"), grid: { stroke: color("grid"), width: 1 }, ticks: { stroke: color("grid"), width: 1 },
  font: "12px system-ui, sans-serif", size,
});
const lineOf = ({ label, style }) => {
  const stroke = color(style === "points" ? "eval" : style === "faint" ? "faint" : "train");
  return {
    label, value: (_, value) => number(value), spanGaps: true, stroke, width: style === "faint" ? 1 : 2,
    points: style === "points" ? { show: true, size: 7, fill: stroke } : { size: 4, fill: stroke },
  };
};
const optionsOf = (chart, width) => ({
  width, height: 260, cursor: { sync: { key: "step" }, drag: { x: true, y: false } },
  scales: { x: { time: false } },
  axes: [{ ...axis(34), space: 70, incrs: [1, 2, 5].flatMap((n) => [n, n * 10, n * 100, n * 1e3, n * 1e4, n * 1e5, n * 1e6]).sort((a, b) => a - b) },
    { ...axis(64), values: ticksOf }],
  series: [{ label: data.step, value: (_, value) => (value == null ? "–" : String(value)) }, ...chart.lines.map(lineOf)],
});
const drawn = data.charts.map((chart) => {
  const card = element("section", main);
  element("h2", card, chart.title);
  const place = element("div", card);
  const lines = chart.lines.filter(({ x }) => x.length > 0);
  if (lines.length === 0) element("p", place, data.noSteps);
  return { chart, place, plot: undefined, table: lines.length > 0 && uPlot.join(lines.map(({ x, y }) => [x, y])) };
});
const draw = () => {
  for (const one of drawn) {
    if (!one.table) continue;
    one.plot?.destroy();
    one.plot = new uPlot(optionsOf(one.chart, one.place.clientWidth), one.table, one.place);
  }
};
const details = element("details", main);
element("summary", details, data.arguments.title);
list(details, data.arguments.rows);
draw();
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
`;
