/** Flags of Node that decide how modules are found and loaded; a value may follow as an argument of its own. */
const MODULE_FLAG =
  /^(--conditions|-C|--import|--require|-r|--loader|--experimental-loader|--experimental-strip-types|--experimental-transform-types)(=|$)/;

/**
 * The arguments of a process that its threads need. Node refuses to start a thread with those that are for a process as a
 * whole, such as `--max-old-space-size` or `--expose-gc`; and `--eval` would run the main program again.
 */
export function threadArguments(execArgv: readonly string[]): string[] {
  return execArgv.filter((argument, index) => {
    if (argument.startsWith("-")) return MODULE_FLAG.test(argument);
    const flag = execArgv[index - 1] ?? "";
    return MODULE_FLAG.test(flag) && !flag.includes("=");
  });
}
