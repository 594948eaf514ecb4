/** A text that is HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template; lists are joined, and nothing is written for `false`, null and undefined. */
export type MarkupValue =
  | Markup
  | string
  | number
  | false
  | null
  | undefined
  | readonly MarkupValue[];

/**
 * HTML of a template: every value is escaped, unless it is HTML already.
 *
 * It is not called `html`, as formatters would change the texts of such templates.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(
    strings.map((string, i) => (i < values.length ? string + textOf(values[i]) : string)).join(""),
  );
}

function textOf(value: MarkupValue): string {
  if (value === false || value === null || value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return escapeHtml(String(value));
}

/** A text that is neither tag, attribute nor entity, wherever it stands. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** JSON in a script element, which no text in it can end. */
export function dataScript(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return new Markup(`<script type="application/json" id="${escapeHtml(id)}">${json}</script>\n`);
}
