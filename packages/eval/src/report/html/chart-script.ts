import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** A chart of lines, as the script reads it. */
export interface ChartData {
  /** What the x axis is called. */
  readonly xTitle: string;
  readonly x: readonly number[];
  /** What stands at whole numbers of the x axis; undefined: the numbers. */
  readonly xLabels?: readonly string[] | undefined;
  readonly lines: readonly ChartLine[];
}

/** A line of a chart, with the intervals of its points; null: there is no point. */
export interface ChartLine {
  readonly label: string;
  readonly y: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** Finds the chart library's files, beside the sources and beside the build. */
const require = createRequire(import.meta.url);

/** Scripts and style of a page with a chart. */
export async function chartParts(): Promise<{
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}> {
  const [library, style] = await Promise.all([
    readFile(require.resolve("uplot/dist/uPlot.iife.min.js"), "utf8"),
    readFile(require.resolve("uplot/dist/uPlot.min.css"), "utf8"),
  ]);
  return { scripts: [library, CHART_SCRIPT], styles: [style, CHART_STYLE] };
}

const CHART_STYLE = `
.u-legend { color: var(--quiet); font-size: 13px; text-align: left; }
.u-legend th, .u-legend td { padding: 2px 4px; border: 0; vertical-align: middle; }
.u-legend .u-value { font-variant-numeric: tabular-nums; color: var(--text); }
.u-legend .u-off > * { opacity: 0.4; }
`;

/**
 * Draws the element \`chart\` from the JSON in \`chart-data\`, and again when the window or the colour scheme changes: a line
 * with dots each, and a stroke through each dot from end to end of its interval.
 */
const CHART_SCRIPT = `
"use strict";
(() => {
const { xTitle, x, xLabels, lines } = JSON.parse(document.getElementById("chart-data").textContent);
const place = document.getElementById("chart");
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const colors = ["ours", "theirs", "right", "third", "wrong", "quiet"];
const strokeOf = (i) => color(colors[i % colors.length]);
const dashOf = (i) => [undefined, [8, 5], [2, 4]][Math.floor(i / colors.length) % 3];
const shown = (value) => (value == null ? "–" : value.toFixed(2));
const nameOf = (value) => (xLabels ? xLabels[value] ?? "" : value.toLocaleString("en-US"));
const axis = (size) => ({
  stroke: color("quiet"), grid: { stroke: color("grid"), width: 1 }, ticks: { stroke: color("grid"), width: 1 },
  font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", size,
});
const ends = lines.flatMap(({ y, low, high }) => [...y, ...low, ...high]).filter((value) => value != null);
const yRange = [Math.max(0, Math.min(...ends) - 2), Math.min(100, Math.max(...ends) + 2)];
const pad = x.length > 1 ? (x[x.length - 1] - x[0]) / 40 : 1;
const drawIntervals = (plot) => {
  const { ctx } = plot;
  ctx.save();
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = 2 * devicePixelRatio;
  lines.forEach(({ low, high }, i) => {
    if (!plot.series[i + 1].show) return;
    ctx.strokeStyle = strokeOf(i);
    x.forEach((value, at) => {
      if (low[at] == null) return;
      const left = plot.valToPos(value, "x", true);
      ctx.beginPath();
      ctx.moveTo(left, plot.valToPos(low[at], "y", true));
      ctx.lineTo(left, plot.valToPos(high[at], "y", true));
      ctx.stroke();
    });
  });
  ctx.restore();
};
const options = (width) => ({
  width, height: 380,
  cursor: { drag: { x: false, y: false } },
  scales: { x: { time: false, range: [x[0] - pad, x[x.length - 1] + pad] }, y: { range: yRange } },
  axes: [
    { ...axis(34), label: xTitle, labelSize: 22, values: (_, ticks) => ticks.map(nameOf), space: xLabels ? 110 : 60, ...(xLabels && { incrs: [1, 2, 5, 10, 50] }) },
    axis(44),
  ],
  series: [
    { label: xTitle, value: (_, value) => (value == null ? "–" : nameOf(value)) },
    ...lines.map(({ label }, i) => ({
      label, stroke: strokeOf(i), dash: dashOf(i), width: 2, spanGaps: true, value: (_, value) => shown(value),
      points: { show: true, size: 7, fill: strokeOf(i) },
    })),
  ],
  hooks: { draw: [drawIntervals] },
});
let plot;
const draw = () => {
  plot?.destroy();
  plot = new uPlot(options(place.clientWidth), [x, ...lines.map(({ y }) => y)], place);
};
if (ends.length > 0) {
  draw();
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
})();
`;
