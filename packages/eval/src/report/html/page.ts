import { createHash } from "node:crypto";
import type { ReportLanguage } from "../labels/report-labels.ts";
import { markup, Markup, type MarkupValue } from "./markup.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** What a page is made of. */
export interface PageParts {
  readonly language: ReportLanguage;
  readonly title: string;
  readonly body: MarkupValue;
  /** Data of the scripts, see `dataScript`. */
  readonly data?: readonly Markup[];
  /** Run in this order, at the end of the page. */
  readonly scripts?: readonly string[];
  /** Before the page's own. */
  readonly styles?: readonly string[];
}

/**
 * A page as one HTML text that needs no other file: style, data and scripts lie in it.
 *
 * Nothing is loaded from anywhere, and no other script or style than the page's own is obeyed, whatever stands in the rest:
 * the page's policy names their hashes.
 */
export function page({
  language,
  title,
  body,
  data = [],
  scripts = [],
  styles = [],
}: PageParts): string {
  const style = [...styles, PAGE_STYLE].join("\n");
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.length > 0 ? scripts.map(hashOf).join(" ") : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return markup`<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
${data}${scripts.map((script) => markup`<script>${new Markup(script)}</script>\n`)}</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
