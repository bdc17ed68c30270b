/** Style of the orchestrations on the status page. */
export const instanceStyle = `
:root {
  --running: light-dark(#2b78d0, #6fb0ff);
  --wait: light-dark(#8a96a5, #7d8998);
  --held: light-dark(#b7791f, #e2b25a);
  --fill: light-dark(#4a9b6d, #4fae7c);
}
[hidden] { display: none !important; }
h3 { font-size: 0.95rem; font-weight: 600; margin: 1.4rem 0 0.4rem; }
h2:focus { outline: none; }
a { color: var(--accent); }
button, input { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--card); padding: 0.3rem 0.7rem; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--accent); }
button:disabled { opacity: 0.45; cursor: default; }
:is(button, input, a, pre, summary):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button.grave { color: var(--bad); border-color: currentColor; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--card); }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin-bottom: 0.6rem; color: var(--soft); font-size: 0.87rem; }
.filters input { width: 9rem; }
#states { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.chip { border-radius: 1rem; padding: 0.15rem 0.7rem; font-variant-numeric: tabular-nums; }
.chip[aria-pressed='true'] { background: var(--accent); border-color: var(--accent); color: var(--card); }
#pages, .actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0.7rem 0; }
td.says { width: 100%; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; }
th.id { max-width: 20rem; overflow: hidden; text-overflow: ellipsis; }
.bad-text { color: var(--bad); }
.badge { border: 1px solid currentColor; border-radius: 1rem; padding: 0.05rem 0.6rem; font-size: 0.82rem; font-weight: 600; color: var(--soft); }
.badge.completed { color: var(--good); }
.badge.failed { color: var(--bad); }
.badge.running { color: var(--running); }
.badge.suspended, .badge.terminated { color: var(--held); }
.callout { background: var(--card); border: 1px solid var(--bad); border-left-width: 4px; border-radius: 0.6rem; color: var(--bad); padding: 0.6rem 1rem; margin-top: 0.9rem; overflow-wrap: anywhere; }
#instance header { margin: 0.6rem 0; align-items: center; }
#instance header h2 { margin: 0; font-size: 1.3rem; overflow-wrap: anywhere; }
#instance dd { font-size: 1.05rem; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; padding: 0.7rem 1rem; max-height: 14rem; overflow: auto; font: 0.87rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
#scale { position: relative; height: 1.4rem; margin-left: 23.5rem; margin-right: 1rem; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
#scale span { position: absolute; padding-left: 0.25rem; border-left: 1px solid var(--line); white-space: nowrap; }
#timeline { list-style: none; padding: 0; margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; overflow: hidden; }
#timeline > li { background: none; border: 0; border-radius: 0; padding: 0; }
#timeline > li + li { border-top: 1px solid var(--line); }
.row { display: grid; grid-template-columns: 23.5rem minmax(0, 1fr); align-items: center; padding-right: 1rem !important; }
.line { display: grid; grid-template-columns: minmax(0, 1fr) auto 4.8rem; gap: 0.6rem; align-items: baseline; width: 100%; border: 0; border-radius: 0; background: none; padding: 0.35rem 0.8rem; text-align: left; }
.line:focus-visible { outline-offset: -2px; }
.line:hover .name { text-decoration: underline; }
.line::before { content: none; }
.what { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.kind { color: var(--soft); font-size: 0.8rem; margin-right: 0.45rem; }
.name { font-weight: 600; }
.note { color: var(--soft); font-size: 0.8rem; white-space: nowrap; }
.took { text-align: right; font-variant-numeric: tabular-nums; font-size: 0.87rem; white-space: nowrap; }
.row.failed .name, .row.failed .note { color: var(--bad); }
.row.inner .line { padding-left: 2rem; }
.track { position: relative; height: 1.1rem; }
.bar { position: absolute; top: 0.15rem; height: 0.8rem; min-width: 3px; border-radius: 2px; background: var(--fill); }
.bar.timer, .bar.event, .bar.waits { background: none; border: 2px solid var(--wait); }
.bar.lock { background: var(--wait); }
.bar.holds { background: var(--fill); }
.bar.suspension { background: var(--held); opacity: 0.75; }
.bar.failed { background: var(--bad); border-color: var(--bad); }
.bar.left { background: repeating-linear-gradient(135deg, var(--wait) 0 3px, transparent 3px 6px); border: 1px solid var(--wait); }
.bar.running { mask-image: linear-gradient(90deg, #000 calc(100% - 2.5rem), transparent); border-right: 0; border-top-right-radius: 0; border-bottom-right-radius: 0; }
.bar.running:not(.timer, .event, .suspension, .lock) { background: var(--running); }
.mark { position: absolute; top: 0; height: 1.1rem; border-left: 2px solid var(--accent); }
.details { padding: 0.3rem 1rem 0.8rem 2rem !important; }
dl.lines { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.15rem 0.9rem; }
dl.lines dd { font-size: 0.87rem !important; font-weight: 400; }
dl.lines dd.text { font-family: ui-monospace, monospace; white-space: pre-wrap; max-height: 12rem; overflow: auto; }
dialog { margin: auto; border: 1px solid var(--line); border-radius: 0.8rem; background: var(--card); color: var(--text); padding: 1.4rem; width: min(30rem, calc(100vw - 2rem)); }
dialog::backdrop { background: #0008; }
dialog h2 { margin: 0 0 0.4rem; overflow-wrap: anywhere; }
dialog label { display: block; margin-top: 0.6rem; color: var(--soft); font-size: 0.87rem; }
dialog input { display: block; width: 100%; background: var(--ground); color: var(--text); }
@media (max-width: 48rem) {
  .row { grid-template-columns: minmax(0, 1fr); padding: 0 0 0.35rem !important; }
  .track { margin: 0 0.8rem; }
  #scale { margin-left: 0.8rem; margin-right: 0.8rem; }
}
`
