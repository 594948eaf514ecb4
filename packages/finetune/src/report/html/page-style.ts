/** Style of the page; colours are variables that the script reads too. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1c2430; --quiet: #5c6878; --edge: #dde2e9; --grid: #e9edf2;
  --train: #2563eb; --faint: #a9c3f7; --eval: #d9480f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --text: #e6eaf0; --quiet: #98a4b5; --edge: #2c3542; --grid: #262e3a;
    --train: #6ea2ff; --faint: #33507f; --eval: #ff9d5c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1100px; padding: 24px 20px 48px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
h1 { margin: 0 0 16px; font-size: 22px; overflow-wrap: anywhere; }
h2, summary { margin: 0 0 8px; font-size: 16px; font-weight: 600; }
section, details {
  margin: 0 0 16px; padding: 16px 18px; border: 1px solid var(--edge); border-radius: 10px; background: var(--card);
}
summary { margin: 0; cursor: pointer; }
details[open] summary { margin-bottom: 12px; }
dl {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 2px 32px; margin: 0;
}
dl div { display: flex; gap: 16px; justify-content: space-between; padding: 4px 0; border-bottom: 1px solid var(--grid); }
dt { color: var(--quiet); white-space: nowrap; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
details dt, details dd { font-family: ui-monospace, "Cascadia Mono", Menlo, monospace; font-size: 13px; }
.u-legend { color: var(--quiet); font-size: 13px; text-align: left; }
.u-legend .u-value { font-variant-numeric: tabular-nums; color: var(--text); }
.u-legend .u-off > * { opacity: 0.4; }
`;
