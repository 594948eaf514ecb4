import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { reportLabels } from "./labels.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { ReportData } from "./report-data.ts";

/** Finds the chart library's files, beside the sources and beside the build. */
const require = createRequire(import.meta.url);

/** Nothing is loaded from anywhere, whatever the data are. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/**
 * The page as one HTML text that needs no other file: charts, data and style lie in it.
 *
 * All that comes from a run is in one JSON, where `<` is written as an escape: neither a tag nor a comment can begin there.
 */
export async function reportPage(data: ReportData): Promise<string> {
  const lang = data.language === "zh" ? "zh-CN" : "en";
  const labels = reportLabels[data.language];
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${labels.title}</title>
<style>${await readFile(require.resolve("uplot/dist/uPlot.min.css"), "utf8")}${PAGE_STYLE}</style>
</head>
<body>
<main id="report"><noscript>${labels.noScript}</noscript></main>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${await readFile(require.resolve("uplot/dist/uPlot.iife.min.js"), "utf8")}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** JSON that ends no script element. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
