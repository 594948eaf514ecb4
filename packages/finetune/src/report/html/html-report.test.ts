import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { argumentsOf, evaluationEvent, startEvent, stepEvent } from "../__fixtures__/events.ts";
import { jsonlLog } from "../jsonl-log.ts";
import type { RunOutcome } from "../training-callback.ts";
import { htmlReport } from "./html-report.ts";
import type { ReportLanguage } from "./labels.ts";
import type { ReportData } from "./report-data.ts";

const HOSTILE = "</script><script>alert(1)</script><!--";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "html-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The page of a run of two steps, and the data in it. */
async function pageOf(outcome: RunOutcome, language?: ReportLanguage) {
  const args = argumentsOf(folder, { model_name_or_path: HOSTILE, use_lora: true });
  const log = jsonlLog(folder);
  const report = htmlReport(args, { language });
  const events = [startEvent(), stepEvent(1), stepEvent(2, 1), evaluationEvent(2, 1.5)];
  for (const event of events) {
    await log.onEvent(event);
    await report.onEvent(event);
  }
  await report.onEnd?.(outcome);
  const page = await readFile(join(folder, "report.html"), "utf8");
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
  return { page, data: JSON.parse(json) as ReportData };
}

const finished: RunOutcome = {
  kind: "finished",
  result: { steps: 2, log: [], path: "out", modelStep: 2 },
};

describe("the page of a run", () => {
  it("shows text of the run as text, whatever it is", async () => {
    const { page, data } = await pageOf({ kind: "failed", error: new Error(HOSTILE) });
    expect(page).not.toContain("<script>alert");
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(data.title).toBe(`Fine-tuning: ${HOSTILE}`);
    expect(data.facts[0]).toEqual(["State", `ended by an error: ${HOSTILE}`]);
  });

  it("loads nothing", async () => {
    const { page } = await pageOf(finished);
    expect(page).not.toMatch(/\s(src|href)=|@import|url\(/);
    expect(page).toContain("default-src 'none'");
  });

  it("tells the facts of the run and has its charts", async () => {
    const { data } = await pageOf(finished);
    const facts = Object.fromEntries(data.facts);
    expect(facts).toMatchObject({
      State: "finished",
      Method: "LoRA (r 1, alpha 32, W_pack)",
      "Trained parameters": "25 of 1,000 (2.5 %)",
      Steps: "2 / 4",
      Tokens: "128",
      "Tokens per second": "128",
      "Time of all steps": "0:00:01",
      "Last training loss": "1",
      "Best evaluation loss": "1.5 (step 2)",
    });
    expect(data.charts.map(({ title }) => title)).toEqual([
      "Loss",
      "Learning rate",
      "Gradient norm",
    ]);
    expect(data.charts[0]?.lines).toEqual([
      { label: "training", style: "line", x: [1, 2], y: [2, 1] },
      { label: "evaluation", style: "points", x: [2], y: [1.5] },
    ]);
    expect(data.arguments.rows).toContainEqual(["learning_rate", "0.00005"]);
  });

  it("speaks Chinese where that is wanted", async () => {
    const { page, data } = await pageOf(finished, "zh");
    expect(page).toContain('<html lang="zh-CN">');
    expect(data.facts[0]).toEqual(["状态", "已完成"]);
    expect(data.charts[0]?.title).toBe("损失");
  });

  it("is written with each checkpoint, whole", async () => {
    const report = htmlReport(argumentsOf(folder));
    await report.onEvent(startEvent());
    await report.onEvent({ type: "save", step: 2, path: "checkpoint-2" });
    expect(await readdir(folder)).toEqual(["report.html"]);
    expect(await readFile(join(folder, "report.html"), "utf8")).toMatch(/<\/html>\n$/);
  });
});
