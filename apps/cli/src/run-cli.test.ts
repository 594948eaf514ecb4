import { describe, expect, it } from "vitest";
import { run } from "./__fixtures__/run-in-memory.ts";

describe("the command line", () => {
  it("prints version and help on stdout with code 0", async () => {
    expect(await run(["--version"])).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+/),
      err: "",
    });
    const { code, out, err } = await run(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("Examples:");
    expect(out).toContain("Exit codes:");
    expect((await run(["generate", "--help"])).out).toContain("--lang");
  });

  it("speaks Chinese in help and errors", async () => {
    const { out } = await run(["--help", "--lang", "zh"]);
    expect(out).toContain("用法：");
    expect(out).not.toMatch(/Usage|Options|Commands/);
    const { err } = await run(["chat", "--nope"], { env: { LANG: "zh_CN.UTF-8" } });
    expect(err).toBe("baichuan2：未知选项 --nope（参见 baichuan2 chat --help）\n");
  });

  it("takes no word after -- as a flag", async () => {
    const { err } = await run(["chat", "--", "--lang=zh", "--verbose"]);
    expect(err).toBe("baichuan2: too many arguments (see baichuan2 chat --help)\n");
  });

  it.each([
    [["chat", "--nope"], "baichuan2: unknown option --nope (see baichuan2 chat --help)\n"],
    [["nope"], "baichuan2: unknown command nope (see baichuan2 --help)\n"],
    [["chat", "a", "b"], "baichuan2: too many arguments (see baichuan2 chat --help)\n"],
    [
      ["chat", "--model"],
      "baichuan2: option --model <dir|id> needs a value (see baichuan2 chat --help)\n",
    ],
    [
      ["chat", "--top-k", "x"],
      "baichuan2: x is no value of --top-k <n> (a number) (see baichuan2 chat --help)\n",
    ],
    [
      ["bench", "--shape", "70b"],
      "baichuan2: 70b is no value of --shape <size> (7b, 13b) (see baichuan2 bench --help)\n",
    ],
    [
      ["chat", "--greedy", "--do-sample"],
      "baichuan2: --greedy and --do-sample exclude each other (see baichuan2 chat --help)\n",
    ],
  ])("ends %j with code 2 and one line", async (argv, err) => {
    expect(await run(argv)).toEqual({ code: 2, out: "", err });
  });

  it("ends without a command with the help and code 2", async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^Usage: baichuan2/);
    expect(err).toContain("Commands:");
    expect(err).not.toContain("outputHelp");
  });

  it("shows where an error comes from only on demand", async () => {
    const argv = ["inspect", "no/such/directory"];
    expect((await run(argv)).err).not.toContain("    at ");
    expect((await run([...argv, "--verbose"])).err).toContain("    at ");
    expect((await run(argv, { env: { BAICHUAN2_DEBUG: "1" } })).err).toContain("    at ");
  });
});
