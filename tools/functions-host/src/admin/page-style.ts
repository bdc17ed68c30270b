/** Style of the status page, light and dark. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #12151a);
  --card: light-dark(#ffffff, #1b2027);
  --line: light-dark(#dde1e7, #303844);
  --text: light-dark(#1a2129, #e7ebf0);
  --soft: light-dark(#56616f, #a0abb9);
  --accent: light-dark(#0f5fbf, #7db8ff);
  --good: light-dark(#136b3a, #6fd49a);
  --bad: light-dark(#b3261e, #ff8f85);
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--ground);
  color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
  max-width: 68rem;
  margin: 0 auto;
  padding: 2rem 1.25rem 3rem;
}
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.6rem; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; font-weight: 600; margin: 2rem 0 0.6rem; }
#state { color: var(--soft); }
#state::before { content: ''; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: currentColor; }
#state.good { color: var(--good); }
#state.bad { color: var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; }
dl div, .scroll, li { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
dl div { padding: 0.8rem 1rem; }
dt { color: var(--soft); font-size: 0.87rem; }
dd { font-size: 1.7rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.25; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.55rem 1rem; text-align: left; white-space: nowrap; }
thead th { color: var(--soft); font-size: 0.87rem; font-weight: 500; border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
abbr { text-decoration: none; }
ul { list-style: none; padding: 0; display: grid; gap: 0.5rem; }
li { padding: 0.7rem 1rem; border-left: 3px solid var(--bad); overflow-wrap: anywhere; }
li time { color: var(--soft); margin-left: 0.6rem; font-size: 0.87rem; }
li p { font-family: ui-monospace, monospace; font-size: 0.87rem; white-space: pre-wrap; }
`
