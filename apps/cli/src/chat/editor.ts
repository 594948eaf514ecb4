import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cli } from "../io.ts";

/**
 * Opens the user's editor (VISUAL, EDITOR, else vim) on an empty file.
 *
 * @returns what was saved, without the newline that editors add.
 * @throws {Error} if the editor cannot be started or fails.
 */
export async function editText({ io, t }: Cli): Promise<string> {
  const editor = io.env["VISUAL"] || io.env["EDITOR"] || "vim";
  const folder = await mkdtemp(join(tmpdir(), "baichuan2-"));
  try {
    const path = join(folder, "message.txt");
    await writeFile(path, "");
    const reason = await runEditor(editor, path);
    if (reason !== undefined) throw new Error(t("chat.editorFailed", { editor, reason }));
    return (await readFile(path, "utf8")).replace(/\r?\n$/, "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the editor in the terminal; returns why it failed. EDITOR may hold arguments ("code --wait"). */
async function runEditor(editor: string, path: string): Promise<string | undefined> {
  const [command = "", ...args] = editor.split(/\s+/);
  const child = spawn(command, [...args, path], { stdio: "inherit" });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code === 0 ? undefined : `exit code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
