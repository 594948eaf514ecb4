/**
 * Flags of Node that decide how modules are found and loaded, and which warnings are printed, by whether a value follows as
 * an argument of its own where there is no `=`.
 */
const WITH_VALUE =
  /^(--conditions|-C|--import|--require|-r|--loader|--experimental-loader|--disable-warning)(=|$)/;
const WITHOUT_VALUE =
  /^(--(no-)?(warnings|deprecation|experimental-strip-types|experimental-transform-types|experimental-require-module)|--enable-source-maps|--preserve-symlinks|--trace-warnings)$/;

/**
 * The arguments of a process that its threads need. Node refuses to start a thread with those that are for a process as a
 * whole, such as `--max-old-space-size` or `--expose-gc`; and `--eval` would run the main program again.
 *
 * @param execArgv - `process.execArgv`.
 */
export function threadArguments(execArgv: readonly string[]): string[] {
  return execArgv.filter((argument, index) => {
    if (argument.startsWith("-")) return WITH_VALUE.test(argument) || WITHOUT_VALUE.test(argument);
    const flag = execArgv[index - 1] ?? "";
    return WITH_VALUE.test(flag) && !flag.includes("=");
  });
}
