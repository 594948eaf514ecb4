import { describe, expect, it } from "vitest";
import { seccompFilter } from "./seccomp-filter.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;

interface Call {
  readonly audit: number;
  readonly number: number;
  readonly argument?: number;
}

/** Runs a filter as the kernel does: loads, jumps forward, returns. */
function judge(filter: Uint8Array, { audit, number, argument = 0 }: Call): number {
  const data = new Map([
    [0, number],
    [4, audit],
    [16, argument],
  ]);
  const code = new DataView(filter.buffer);
  let loaded = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const constant = code.getUint32(at + 4, true);
    const jump = (isTrue: boolean) => (at += 8 * code.getUint8(at + (isTrue ? 2 : 3)));
    const kind = code.getUint16(at, true);
    if (kind === 0x06) return constant;
    else if (kind === 0x20) loaded = data.get(constant) ?? Number.NaN;
    else if (kind === 0x15) jump(loaded === constant);
    else if (kind === 0x35) jump(loaded >= constant);
    else if (kind === 0x45) jump((loaded & constant) !== 0);
    else throw new Error(`no instruction: ${kind}`);
  }
  throw new Error("the filter ends without an answer");
}

describe("seccompFilter", () => {
  const x64 = seccompFilter("x64") as Uint8Array;
  const arm64 = seccompFilter("arm64") as Uint8Array;

  it.each([
    { name: "read", x64: 0, arm64: 63, answer: ALLOW },
    { name: "execve", x64: 59, arm64: 221, answer: ALLOW },
    { name: "fork", x64: 57, arm64: undefined, answer: EPERM },
    { name: "unshare", x64: 272, arm64: 97, answer: EPERM },
    { name: "socket", x64: 41, arm64: 198, answer: EPERM },
    { name: "ptrace", x64: 101, arm64: 117, answer: EPERM },
    { name: "clone3", x64: 435, arm64: 435, answer: ENOSYS },
  ])("answers $name alike on both machines", ({ x64: first, arm64: second, answer }) => {
    expect(judge(x64, { audit: X64, number: first })).toBe(answer);
    if (second !== undefined) expect(judge(arm64, { audit: ARM64, number: second })).toBe(answer);
  });

  it.each([
    { audit: X64, filter: x64, number: 56 },
    { audit: ARM64, filter: arm64, number: 220 },
  ])("allows threads and refuses children, $audit", ({ audit, filter, number }) => {
    const [CLONE_VM, CLONE_THREAD, SIGCHLD] = [0x100, 0x10000, 17];
    expect(judge(filter, { audit, number, argument: CLONE_VM | CLONE_THREAD })).toBe(ALLOW);
    expect(judge(filter, { audit, number, argument: CLONE_VM | SIGCHLD })).toBe(EPERM);
  });

  it("ends a program that speaks another machine's language", () => {
    expect(judge(x64, { audit: 0x40000003, number: 2 })).toBe(KILL); // i386
    expect(judge(x64, { audit: X64, number: 0x40000000 + 57 })).toBe(KILL); // x32
    expect(judge(arm64, { audit: X64, number: 57 })).toBe(KILL);
  });

  it("knows no other machines", () => {
    expect(seccompFilter("riscv64")).toBeUndefined();
  });
});
