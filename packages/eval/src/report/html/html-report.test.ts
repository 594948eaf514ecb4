import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { HOSTILE, HOSTILE_MEGABYTE } from "../../__fixtures__/hostile.ts";
import {
  cutRun,
  exampleRun,
  hostileRun,
  largeRun,
  smallRun,
} from "../../__fixtures__/reported-runs.ts";
import type { RunResult } from "../../results.ts";
import { scoreRun } from "../../scores/score-run.ts";
import { htmlReport, type HtmlReportOptions } from "./html-report.ts";
import type { PageTask } from "./samples/page-task.ts";

function pageOf(run: RunResult, options?: HtmlReportOptions): string {
  return htmlReport(run, scoreRun(run), options);
}

/** The samples of a task, as the script of the page reads them. */
function taskOf(page: string, id: string): PageTask {
  const start = page.indexOf(`<script type="application/json" id="${id}">`);
  const json = page.slice(page.indexOf(">", start) + 1, page.indexOf("</script>", start));
  return JSON.parse(json) as PageTask;
}

/** Texts of the cells of the row that begins with a name. */
function cellsOf(page: string, name: string): string[] {
  const row = page.split("<tr>").find((one) => one.replaceAll(/<[^>]+>/g, "").startsWith(name));
  return [...(row ?? "").matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = ""]) =>
    cell.replaceAll(/<[^>]+>/g, ""),
  );
}

describe("the page of a run", () => {
  it("has scores with their intervals beside those of the README", () => {
    const page = pageOf(smallRun(), { published: ["LLaMA-7B", "GPT-4"] });
    expect(cellsOf(page, "MMLU").join(" | ")).toBe(
      "MMLU |  | 60.00 | 31.27 – 83.18 | 35.10 | +24.90 | 83.93 | −23.93 | 10 | 0 | 60.00 | 60.00 | readme | 5",
    );
    expect(cellsOf(page, "STEM").slice(2, 4)).toEqual(["60.00", "31.27 – 83.18"]);
    // Dots of the drawing: 0 is at 6, 100 at 154.
    expect(page).toContain('<circle class="score" cx="94.8"');
  });

  it("chooses the README's row by the name of the model", () => {
    expect(pageOf(exampleRun("my/Baichuan2-13B-Base-nf4"))).toContain("README: Baichuan2-13B-Base");
    expect(pageOf(exampleRun("tiny"))).not.toContain("README:");
  });

  it("says that it is partial", () => {
    expect(pageOf(exampleRun())).toContain("Partial: 552 of 572 samples");
    expect(pageOf(smallRun())).not.toContain("Partial:");
  });

  it("warns between summary and details of prompts that were cut", () => {
    const page = pageOf(cutRun());
    const warning = page.indexOf(
      '<section class="warn" role="note"><p>Prompts cut to the model&#39;s context: MMLU 3 of 4 –',
    );
    expect(warning).toBeGreaterThan(page.indexOf("<table>"));
    expect(warning).toBeLessThan(page.indexOf('<section id="b0">'));
    expect(pageOf(smallRun())).not.toContain("Prompts cut");
  });

  it("speaks Chinese where that is wanted", () => {
    const page = pageOf(exampleRun(), { language: "zh" });
    expect(page).toContain('<html lang="zh-CN">');
    expect(page).toContain("<h2>多语言翻译</h2>");
    expect(page).toContain(">中-英</a>");
  });

  it("is the same bytes for the same run", () => {
    expect(pageOf(exampleRun())).toBe(pageOf(exampleRun()));
  });

  it("loads nothing, and allows no script and no style but its own", () => {
    const page = pageOf(exampleRun());
    expect(page).not.toMatch(/\ssrc=|@import|url\(|\sstyle=|\son\w+=/);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? "";
    const blocks = [...page.matchAll(/<(script|style)>(.*?)<\/\1>/gs)];
    expect(blocks.map(([, name]) => name)).toEqual(["style", "script"]);
    for (const [, name, text = ""] of blocks) {
      const hash = createHash("sha256").update(text).digest("base64");
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
    }
    expect(policy).toContain("default-src 'none'");
  });

  it("has a script that can be read", () => {
    const [, script = ""] = /<script>(.*?)<\/script>/s.exec(pageOf(smallRun())) ?? [];
    expect(() => new Script(script)).not.toThrow();
  });
});

describe("hostile texts", () => {
  const page = pageOf(hostileRun());

  it("are shown as texts, whatever they are", () => {
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<img");
    // Words, one task, the script.
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(page.match(/<!--/g)).toBeNull();
  });

  it("are cut where they are too long, and that is said", () => {
    const [hostile, megabyte] = taskOf(page, "t0-0").samples;
    expect(page.length).toBeLessThan(100_000);
    expect(hostile?.responses[0]).toMatchObject({ answer: HOSTILE, notes: [HOSTILE] });
    const [text = ""] = megabyte?.responses[0]?.texts ?? [];
    const left = (HOSTILE_MEGABYTE.length - 4000).toLocaleString("en-US");
    expect(text).toContain(`\n… ${left} characters left out …\n`);
    expect(text.endsWith(HOSTILE)).toBe(true);
  });
});

describe("the samples of a page", () => {
  it("are those first that are not right, in the order of the data", () => {
    const page = pageOf(exampleRun(), { samplesPerTask: 4 });
    const { total, samples } = taskOf(page, "t0-2");
    expect(total).toBe(171);
    expect(samples).toHaveLength(4);
    expect(samples.every(({ tags }) => tags.includes("wrong"))).toBe(true);
    const rows = samples.map(({ id }) => Number(id.split("/").at(-1)));
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(page).toContain("at most 4 samples");
  });

  it("have what their prompts share but once", () => {
    const { beginnings, samples } = taskOf(pageOf(exampleRun()), "t0-0");
    expect(beginnings).toEqual([
      "Header of the task.\n\nShot?\nA. a\nB. b\nC. c\nD. d\nAnswer: A\n\n",
    ]);
    expect(samples[7]).toMatchObject({
      before: 0,
      prompt: "Question abstract_algebra/test/7?\nA. one\nB. two\nC. three\nD. four\nAnswer:",
    });
  });

  it("of a run as large as MMLU make no page that a browser could not open", () => {
    const page = pageOf(largeRun());
    expect(page.length).toBeLessThan(10_000_000);
    expect(taskOf(page, "t0-56")).toMatchObject({ total: 246 });
  });
});
