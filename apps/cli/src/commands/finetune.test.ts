import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { trainingArgumentsSchema } from "@baichuan2/finetune";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryIo, parseLines, run, Sink } from "../__fixtures__/run-in-memory.ts";
import { InterruptError } from "../exit-codes.ts";
import { runCli } from "../run-cli.ts";

/** A random model of 3 layers and 512 tokens. */
const model = fileURLToPath(new URL("../../fixtures/tiny-chat", import.meta.url));

let folder = "";
let data = "";
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-finetune-"));
  data = join(folder, "data.json");
  const rows = Array.from({ length: 4 }, (_, i) => ({ instruction: `say${i}`, output: `${i}` }));
  rows.push({ instruction: "red\u001B[31m", output: "你好" });
  await writeFile(data, JSON.stringify(rows));
});
afterAll(() => rm(folder, { recursive: true }));

/** Flags of a run of 4 steps with a folder of its own. */
function flags(...more: string[]): { readonly out: string; readonly argv: readonly string[] } {
  runs += 1;
  const out = join(folder, `run-${runs}`);
  const given = ["--model_name_or_path", model, "--data_path", data, "--output_dir", out];
  const size = ["--max_steps", "4", "--per_device_train_batch_size", "2", "--threads", "1"];
  return { out, argv: ["finetune", ...given, ...size, ...more] };
}

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

interface Event {
  readonly type: string;
  readonly step: number;
}

/** Presses Ctrl+C when something is written. */
class InterruptingSink extends Sink {
  readonly #interrupt: AbortController;
  readonly #text: string;

  constructor(interrupt: AbortController, text: string) {
    super();
    this.#interrupt = interrupt;
    this.#text = text;
  }

  override _write(chunk: Buffer, encoding: string, done: () => void): void {
    if (chunk.includes(this.#text)) this.#interrupt.abort(new InterruptError("interrupted"));
    super._write(chunk, encoding, done);
  }
}

describe("finetune", () => {
  it("trains with the flags of the original, and tells people what came of it", async () => {
    const original = ["--bf16", "True", "--tf32", "True", "--gradient_checkpointing", "True"];
    const { out, argv } = flags(...original, "--use_lora", "--logging-steps=2", "--seed", "7");
    const result = await run([...argv, "--report_to", "tensorboard"]);
    expect(result.code).toBe(0);
    expect(result.out).toMatch(/^Steps +4$/m);
    expect(result.out).toContain(join(out, "report.html"));
    expect(result.err).toMatch(
      /^5 rows, steps 1 to 4; \d[\d,]* of 21\d,\d\d\d parameters are trained$/m,
    );
    expect(result.err).toMatch(/^step 2 of 4, epoch 0\.67: loss \d.* tokens\/s$/m);
    expect(await readdir(out)).toEqual(
      expect.arrayContaining([
        "adapter_model.safetensors",
        "report.html",
        "runs",
        "train_log.jsonl",
      ]),
    );
  });

  it("prints each event as a line of JSON, and then stdout has nothing else", async () => {
    const { out, argv } = flags("--save_steps", "2", "--logging_steps", "2", "--json");
    const result = await run(argv);
    expect([result.code, result.err]).toEqual([0, ""]);
    const events = parseLines<Event>(result.out);
    const kinds = "start step step log save step step log save log end";
    expect(events.map(({ type }) => type).join(" ")).toBe(kinds);
    expect(events.at(-1)).toEqual({ type: "end", steps: 4, path: out });
  });

  it("writes the page in the user's language", async () => {
    const { out, argv } = flags("--max_steps", "1", "--lang", "zh");
    const result = await run(argv);
    expect(result.out).toMatch(/^步数 +1$/m);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain('<html lang="zh-CN">');
  });

  it("ends with code 130 when it is interrupted, and goes on where it ended", async () => {
    const { argv } = flags("--save_steps", "2", "--json");
    const interrupt = new AbortController();
    const io = memoryIo(Readable.from([]), {}, interrupt.signal);
    const stdout = new InterruptingSink(interrupt, '"type":"save"');
    expect(await runCli(argv, { ...io, stdout })).toBe(130);
    expect(io.stderr.text).toMatch(/^Checkpoints are kept in .*--resume_from_checkpoint.*\n/);
    expect(io.stderr.text).toMatch(/baichuan2: interrupted\n$/);
    const { out } = await run([...argv, "--resume_from_checkpoint"]);
    const [start, step] = parseLines<Event>(out);
    expect([start?.step, step?.step]).toEqual([2, 3]);
  });

  it("shows a bar on a terminal, and no lines besides", async () => {
    const io = memoryIo(Readable.from([]), {});
    const stderr = Object.assign(io.stderr, { isTTY: true });
    const { argv } = flags("--logging_steps", "1");
    expect(await runCli(argv, { ...io, stderr })).toBe(0);
    expect(stderr.text).toMatch(/training █+ 100% 4\/4 .*loss \d.*gradient norm .* tokens\/s/);
    expect(stderr.text).not.toContain("step 1 of 4");
  });

  it("tells callbacks of modules, and goes on without one that fails", async () => {
    const seen = join(folder, "seen.txt");
    const good = await write(
      "good.mjs",
      `import { appendFileSync } from "node:fs";
       export default ({ max_steps }) => ({
         onEvent: ({ type }) => appendFileSync(${JSON.stringify(seen)}, type + max_steps + " "),
         onEnd: ({ kind }) => appendFileSync(${JSON.stringify(seen)}, kind),
       });`,
    );
    const bad = await write("bad.mjs", "export default { onEvent() { throw new Error('full') } };");
    const { argv } = flags("--max_steps", "1", "--report_to", "wandb");
    const result = await run([...argv, "--callback", good, "--callback", bad]);
    expect(result.code).toBe(0);
    expect(await readFile(seen, "utf8")).toBe("start1 step1 save1 log1 finished");
    expect(result.err).toContain('baichuan2: bad.mjs: expected to take "start", got Error: full');
    const nothing = await write("nothing.mjs", "export const a = 1;");
    const refused = await run([...argv, "--callback", nothing]);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("nothing.mjs, got none"),
    ]);
  });
});

describe("finetune's arguments", () => {
  it.each([
    [["--learning-rat", "1"], "unknown option --learning-rat, did you mean --learning_rate?"],
    [["--use_lorra"], "unknown option --use_lorra, did you mean --use_lora?"],
    [["--xyz"], "unknown option --xyz (see baichuan2 finetune --help)"],
    [["--learning_rate", "fast"], 'learning_rate: expected number, got "fast"'],
    [["--bf16", "maybe"], 'bf16: expected boolean, got "maybe"'],
    [["--lr_scheduler_type", "bent"], "lr_scheduler_type: expected one of"],
    [["--report_to", "wandb"], "report_to: expected a callback"],
    [["extra"], "too many arguments"],
  ])("are refused with code 2: %j", async (more, message) => {
    const { code, err, out } = await run(flags(...more).argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  it("that are needed and missing are named", async () => {
    const { code, err } = await run(["finetune", "--data_path", data]);
    expect([code, err]).toEqual([
      2,
      "baichuan2: model_name_or_path: expected string, got nothing\n",
    ]);
  });

  it("that are wrong in the data end with code 5 and the row", async () => {
    const bad = await write("bad.json", '[{"instruction":"a","output":"b"},{"text":"a"}]');
    const { code, err } = await run([...flags().argv, "--data_path", bad]);
    expect([code, err]).toEqual([5, expect.stringContaining(`${bad}, row 2: expected`)]);
  });

  it("come from a file, and the command line goes before it", async () => {
    const config = { $schema: "./schema.json", "model-max-length": 8, learning_rate: "2e-5" };
    const path = await write("config.json", JSON.stringify({ ...config, bf16: null, seed: 3 }));
    const { out, argv } = flags("--max_steps", "1", "--config", path, "--seed", "4");
    expect((await run([...argv, "--save_steps", "1"])).code).toBe(0);
    const used = await readFile(join(out, "checkpoint-1", "training_args.json"), "utf8");
    expect(JSON.parse(used)).toMatchObject({
      model_max_length: 8,
      learning_rate: 2e-5,
      bf16: false,
      seed: 4,
    });
  });

  it.each([
    [
      '{"learning_rat": 1}',
      "expected names of arguments, got learning_rat (did you mean learning_rate?)",
    ],
    ['{"abcdefg": 1}', "expected names of arguments, got abcdefg (see --print-schema)"],
    ["[1]", "expected a JSON object in"],
    ["{", "expected a JSON object in"],
  ])("of a file are refused: %s", async (text, message) => {
    const path = await write("wrong.json", text);
    const { code, err } = await run(["finetune", "--config", path]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it("have a JSON schema with descriptions in the user's language", async () => {
    const { code, out } = await run(["finetune", "--print-schema"]);
    expect(code).toBe(0);
    const { properties, ...schema } = JSON.parse(out) as {
      properties: Record<string, { description?: string }>;
    };
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(schema).not.toHaveProperty("required");
    const { $schema, ...rest } = properties;
    expect($schema).toEqual({ type: "string" });
    expect(Object.keys(rest)).toEqual(Object.keys(trainingArgumentsSchema().properties));
    expect(rest["tf32"]).toEqual({
      type: "boolean",
      default: false,
      description: "accepted, and changes nothing on a CPU",
    });
    const chinese = await run(["finetune", "--print-schema", "--lang", "zh"]);
    expect(chinese.out).toContain("在 CPU 上没有作用");
  });

  it("stand in the help in snake_case, each with its line, in both languages", async () => {
    const [english, chinese] = [
      await run(["finetune", "--help"]),
      await run(["finetune", "--help", "--lang", "zh"]),
    ];
    for (const name of Object.keys(trainingArgumentsSchema().properties)) {
      expect(english.out).toMatch(new RegExp(`^  --${name} .* \\S`, "m"));
      expect(chinese.out).toMatch(new RegExp(`^  --${name} .*\\p{Script=Han}`, "mu"));
    }
    expect(english.out).not.toContain("--learning-rate,");
  });
});

describe("finetune with an evaluation", () => {
  it("takes newer names of arguments, and tells which step's model was written", async () => {
    const { argv } = flags("--eval_strategy", "steps", "--eval_split", "0.4", "--eval_steps", "1");
    const best = ["--save_steps", "1", "--load_best_model_at_end"];
    // At such a rate the last step is not the best one.
    const worse = ["--lr_scheduler_type", "constant_with_warmup", "--warmup_steps", "4"];
    const { code, out } = await run([...argv, ...best, ...worse, "--learning_rate", "1e4"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^The model is that of step +[123]$/m);
  });
});

describe("finetune --plan", () => {
  it("tells steps, memory and time, and writes nothing", async () => {
    const { out, argv } = flags();
    const { code, out: text } = await run([...argv, "--plan"]);
    expect([code, text]).toEqual([0, expect.stringMatching(/^Steps +4, 3 an epoch/m)]);
    expect(text).toMatch(/^Memory, up to +\d/m);
    expect(text).toMatch(/^All steps +about 0 h 1 min$/m);
    await expect(readdir(out)).rejects.toThrow("ENOENT");
  });

  it("is JSON for programs", async () => {
    const { out } = await run([...flags("--use_lora").argv, "--plan", "--json"]);
    const [plan] = parseLines<{ rows: number; trainedParameters: number }>(out);
    expect(plan).toMatchObject({ rows: 5, trainedParameters: 3 * 4 * 64 });
  });
});

describe("finetune --preview", () => {
  it("marks what is learned with brackets where there are no colours", async () => {
    const argv = ["finetune", "--model-name-or-path", model, "--data-path", data];
    const { code, out, err } = await run([...argv, "--preview", "1"]);
    expect([code, err]).toEqual([0, ""]);
    // The markers' ids are those of bytes in this small tokenizer.
    expect(out).toBe("Text 1: 7 tokens, 2 of them learned\n<0xB5>say0<0xB6>⟦0</s>⟧\n\n");
    expect((await run([...argv, "--preview"])).out.match(/^Text/gm)).toHaveLength(3);
  });

  it("colours it on a terminal, and lets no data steer that", async () => {
    const io = memoryIo(Readable.from([]), { TERM: "xterm" });
    const stdout = Object.assign(io.stdout, { isTTY: true });
    const argv = ["finetune", "--model-name-or-path", model, "--data-path", data, "--preview", "5"];
    expect(await runCli(argv, { ...io, stdout })).toBe(0);
    expect(stdout.text).toContain("\u001B[2m<0xB5>say0<0xB6>\u001B[22m\u001B[32m0</s>\u001B[39m");
    expect(stdout.text).toContain("red\\x1b[31m");
    expect(stdout.text).not.toContain("⟦");
  });

  it("gives ids and labels as JSON", async () => {
    const argv = ["finetune", "--model_name_or_path", model, "--data_path", data, "--json"];
    const { out } = await run([...argv, "--preview", "2"]);
    const rows = parseLines<{ input_ids: number[]; labels: number[] }>(out);
    expect(rows).toHaveLength(2);
    for (const { input_ids: ids, labels } of rows) {
      expect([ids[0], labels[0]]).toEqual([195, 2]);
      expect(labels.slice(-2)).toEqual(ids.slice(-2));
      expect(labels.slice(1, -2).every((label) => label === -100)).toBe(true);
    }
  });
});
