/**
 * A filter of system calls, in the machine code of the kernel's packet filters, that bubblewrap loads before the program.
 *
 * Namespaces hide files and networks, and resource limits count per process. What is left is closed here: children
 * (memory is then bounded by one process's address space), memory that no limit counts, sockets of families that network
 * namespaces do not cover, new namespaces, and the parts of the kernel that most of its holes were found in.
 *
 * @see https://docs.kernel.org/userspace-api/seccomp_filter.html
 */

/** A call's name, and its numbers on x64 and on arm64, which lacks some of the old ones. */
type Call = readonly [name: string, x64: number, arm64: number | undefined];

/** Calls that fail with EPERM. */
const REFUSED: readonly Call[] = [
  ["fork", 57, undefined],
  ["vfork", 58, undefined],
  ["unshare", 272, 97],
  ["setns", 308, 268],
  ["mount", 165, 40],
  ["umount2", 166, 39],
  ["pivot_root", 155, 41],
  ["chroot", 161, 51],
  ["open_tree", 428, 428],
  ["move_mount", 429, 429],
  ["fsopen", 430, 430],
  ["fsconfig", 431, 431],
  ["fsmount", 432, 432],
  ["fspick", 433, 433],
  ["mount_setattr", 442, 442],
  ["ptrace", 101, 117],
  ["process_vm_readv", 310, 270],
  ["process_vm_writev", 311, 271],
  ["pidfd_getfd", 438, 438],
  ["bpf", 321, 280],
  ["perf_event_open", 298, 241],
  ["userfaultfd", 323, 282],
  ["modify_ldt", 154, undefined],
  ["io_uring_setup", 425, 425],
  ["io_uring_enter", 426, 426],
  ["io_uring_register", 427, 427],
  ["add_key", 248, 217],
  ["request_key", 249, 218],
  ["keyctl", 250, 219],
  ["shmget", 29, 194],
  ["semget", 64, 190],
  ["msgget", 68, 186],
  ["mq_open", 240, 180],
  ["memfd_create", 319, 279],
  ["memfd_secret", 447, 447],
  ["socket", 41, 198],
];

/** What differs between machines. */
interface Machine {
  /** `AUDIT_ARCH_…` of linux/audit.h. */
  readonly audit: number;
  readonly clone: number;
  readonly clone3: number;
  readonly refused: readonly (number | undefined)[];
  /** Numbers from here on are another interface's. */
  readonly end?: number;
}

/** By Node's name of an architecture. */
const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    clone3: 435,
    refused: REFUSED.map(([, number]) => number),
    end: 0x40000000, // x32
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    clone3: 435,
    refused: REFUSED.map(([, , number]) => number),
  },
};

/** Instructions: load a word of `struct seccomp_data`, compare it with a constant, return. */
const [LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];

/** Where `struct seccomp_data` has its fields; of the first argument the lower half. */
const [NUMBER, AUDIT, ARGUMENT] = [0, 4, 16];

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const REFUSE = 0x00050000 | 1; // EPERM
const UNKNOWN = 0x00050000 | 38; // ENOSYS: the C library falls back to `clone`, whose flags a filter can see

const CLONE_THREAD = 0x00010000;

/** Code, jumps over so many instructions where it is true and where it is not, constant. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, constant: number];

/**
 * The filter for a machine.
 *
 * @param architecture - Node's name of it: `x64`, `arm64`.
 * @returns `struct sock_filter[]`; undefined for a machine whose calls are not known here.
 */
export function seccompFilter(architecture: string): Uint8Array | undefined {
  const machine = MACHINES[architecture];
  if (machine === undefined) return undefined;
  const { audit, clone, clone3, refused, end } = machine;
  return assemble([
    [LOAD, 0, 0, AUDIT],
    [IF_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER],
    ...(end === undefined ? [] : answer([IF_AT_LEAST, 0, 1, end], KILL)),
    ...answer([IF_EQUAL, 0, 1, clone3], UNKNOWN),
    ...refused
      .filter((number) => number !== undefined)
      .flatMap((number) => answer([IF_EQUAL, 0, 1, number], REFUSE)),
    [IF_EQUAL, 1, 0, clone],
    [RETURN, 0, 0, ALLOW],
    [LOAD, 0, 0, ARGUMENT],
    ...answer([IF_ANY_BIT, 0, 1, CLONE_THREAD], ALLOW),
    [RETURN, 0, 0, REFUSE],
  ]);
}

/** A condition, and what is returned where it holds. */
function answer(condition: Instruction, value: number): Instruction[] {
  return [condition, [RETURN, 0, 0, value]];
}

/** Little-endian, as both machines are. */
function assemble(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(instructions.length * 8));
  for (const [index, [code, jumpTrue, jumpFalse, constant]] of instructions.entries()) {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, jumpTrue);
    bytes.setUint8(index * 8 + 3, jumpFalse);
    bytes.setUint32(index * 8 + 4, constant >>> 0, true);
  }
  return new Uint8Array(bytes.buffer);
}
