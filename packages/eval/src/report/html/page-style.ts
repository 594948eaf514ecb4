/** Style of pages; colours are variables that scripts read too. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1c2430; --quiet: #5c6878; --edge: #dde2e9; --grid: #e9edf2; --code: #f1f4f8;
  --ours: #2563eb; --faint: #a9c3f7; --theirs: #d9480f; --right: #15803d; --wrong: #b91c1c; --third: #7c3aed;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --text: #e6eaf0; --quiet: #98a4b5; --edge: #2c3542; --grid: #262e3a; --code: #141a22;
    --ours: #6ea2ff; --faint: #33507f; --theirs: #ff9d5c; --right: #4ade80; --wrong: #f87171; --third: #b794ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
main { margin: 0 auto; max-width: 1200px; padding: 24px 20px 48px; }
h1 { margin: 0 0 16px; font-size: 22px; overflow-wrap: anywhere; }
h2 { margin: 0 0 8px; font-size: 16px; font-weight: 600; overflow-wrap: anywhere; }
h3 { margin: 16px 0 6px; font-size: 14px; font-weight: 600; color: var(--quiet); }
p { margin: 8px 0; overflow-wrap: anywhere; }
a { color: var(--ours); }
:focus-visible { outline: 2px solid var(--ours); outline-offset: 2px; }
section {
  margin: 0 0 16px; padding: 16px 18px; border: 1px solid var(--edge); border-radius: 10px; background: var(--card);
}
.quiet { color: var(--quiet); font-size: 13px; }
.warn { border-left: 4px solid var(--theirs); font-weight: 600; }
.warn p { margin: 2px 0; }
dl { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); column-gap: 16px; margin: 0 0 8px; }
dl div {
  display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; padding: 3px 0; border-bottom: 1px solid var(--grid);
}
dt { min-width: 140px; color: var(--quiet); overflow-wrap: anywhere; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.body dd { white-space: pre-wrap; unicode-bidi: isolate; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: middle; }
th { color: var(--quiet); font-size: 13px; font-weight: 600; vertical-align: bottom; word-break: keep-all; }
td { white-space: nowrap; }
td.text { max-width: 420px; white-space: normal; overflow-wrap: break-word; }
td:first-child { min-width: 110px; overflow-wrap: anywhere; }
.number { text-align: right; }
tbody tr:hover { background: var(--code); }
details > summary { cursor: pointer; color: var(--quiet); font-size: 14px; font-weight: 600; padding: 4px 0; }
svg { display: block; }
.whisker .axis { stroke: var(--grid); stroke-width: 1; }
.whisker .interval { stroke: var(--faint); stroke-width: 6; stroke-linecap: butt; }
.whisker .score { fill: var(--ours); }
.whisker .published { stroke: var(--theirs); stroke-width: 2; }
.key i { display: inline-block; width: 14px; height: 8px; margin: 0 4px 0 12px; border-radius: 2px; }
.key .ours { background: var(--ours); } .key .faint { background: var(--faint); }
.key .theirs { width: 3px; height: 12px; background: var(--theirs); vertical-align: -2px; }
.controls { display: flex; flex-wrap: wrap; gap: 10px 16px; margin: 8px 0; }
.controls label { display: flex; flex-direction: column; flex: 1 1 180px; min-width: 0; color: var(--quiet); font-size: 13px; }
select, input { width: 100%; }
select, input, button {
  min-width: 0; padding: 6px 8px; border: 1px solid var(--edge); border-radius: 6px; background: var(--page);
  color: var(--text); font: inherit; font-size: 14px;
}
button { cursor: pointer; } button:disabled { cursor: default; opacity: 0.4; }
.pages { display: flex; gap: 8px; margin-top: 10px; }
.sample { border-bottom: 1px solid var(--grid); }
.sample > summary { display: flex; gap: 10px; align-items: baseline; color: var(--text); font-weight: 400; }
.sample .mark { flex: 0 0 1.2em; font-weight: 700; text-align: center; }
.mark.isRight { color: var(--right); } .mark.isWrong { color: var(--wrong); } .mark { color: var(--quiet); }
.sample .question { flex: 1 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sample .answers { flex: 0 1 auto; max-width: 35%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sample .id { flex: 0 0 auto; max-width: 30%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.body { padding: 4px 0 14px 26px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 8px 24px; }
.sides > div { min-width: 0; }
pre {
  margin: 4px 0 10px; padding: 10px 12px; max-height: 420px; overflow: auto; border-radius: 6px; background: var(--code);
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Menlo, "Noto Sans Mono CJK SC", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate;
}
.option { display: grid; grid-template-columns: minmax(2em, max-content) 1fr 9em; gap: 10px; align-items: center; padding: 2px 0; }
.option .label { max-width: 260px; overflow-wrap: anywhere; white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: 13px; }
.option .bar { height: 10px; border-radius: 3px; background: var(--grid); }
.option .bar i { display: block; height: 100%; border-radius: 3px; background: var(--faint); }
.option.isBest .bar i { background: var(--ours); }
.option .value { text-align: right; font-variant-numeric: tabular-nums; font-size: 13px; white-space: pre; }
@media (max-width: 640px) {
  main { padding: 14px 10px 32px; } section { padding: 12px 10px; }
  th, td { padding: 5px 6px; } th { white-space: nowrap; } .sample .id { display: none; } .body { padding-left: 6px; }
}
@media print { section { break-inside: avoid; } .controls, .pages { display: none; } }
`;
