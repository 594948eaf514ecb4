import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { previewExamples, type PreviewedExample } from "./preview.ts";

/** A random model with a tokenizer of 512 tokens; the ids of its markers are those of bytes. */
const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

async function preview(rows: readonly unknown[], maxLength = 512): Promise<PreviewedExample[]> {
  const folder = await mkdtemp(join(tmpdir(), "preview-"));
  const path = join(folder, "data.json");
  await writeFile(path, JSON.stringify(rows));
  try {
    const args = { model_name_or_path: tinyChat, data_path: path, model_max_length: maxLength };
    return await Array.fromAsync(previewExamples(args));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const turn = (from: string, value: string) => ({ from, value });

it("a preview tells which text is learned, with what ends an answer before the next question", async () => {
  const turns = [
    turn("human", "hi"),
    turn("gpt", "你好🐼"),
    turn("human", "go-on"),
    turn("gpt", "b"),
  ];
  const [row, ...rest] = await preview([{ conversations: turns }]);
  expect(rest).toEqual([]);
  expect(row?.spans).toEqual([
    { text: "<0xB5>hi<0xB6>", isTrained: false },
    { text: "你好🐼</s>", isTrained: true },
    { text: "<0xB5>go-on<0xB6>", isTrained: false },
    { text: "b</s>", isTrained: true },
  ]);
  expect(row?.inputIds.length).toBe(row?.labels.length);
});

it("a preview ends where model_max_length cuts, also within a character", async () => {
  const rows = [{ instruction: "hi", output: "🐼🐼🐼🐼🐼🐼🐼🐼" }];
  const [whole] = await preview(rows);
  const cut = (whole?.inputIds.length ?? 0) - 3;
  const [row] = await preview(rows, cut);
  expect(row?.inputIds).toHaveLength(cut);
  expect(row?.spans.at(-1)?.isTrained).toBe(true);
  expect(row?.spans.at(-1)?.text).not.toContain("</s>");
});
