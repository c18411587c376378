"""The page's style sheet: light and dark, wide and narrow, on screen and on paper."""

CSS = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6575; --paper: #ffffff;
  --shade: #f3f5f8; --rule: #dde2e9; --a: #1f5fbf; --b: #c2570c; --c: #3f7d4e; --warn: #9a3412; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a3adbd; --paper: #12161d;
  --shade: #1b212b; --rule: #333c4a; --a: #7fb2ff; --b: #ffa25e; --c: #84cf97; --warn: #ffb38a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; padding-top: .8rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
p, ul { margin: .5rem 0; max-width: 46rem; }
.soft { color: var(--soft); }
.missing { color: var(--soft); font-style: italic; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: .7rem;
  margin: 1.2rem 0; }
.tile { background: var(--shade); border-radius: .5rem; padding: .7rem .8rem; }
.tile b { display: block; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere; }
.tile span { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; margin: .6rem 0;
  font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--rule);
  white-space: nowrap; vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
td.long { white-space: normal; min-width: 16rem; }
tr.chosen td { background: var(--shade); font-weight: 600; }
td .off { color: var(--warn); font-weight: 600; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 1rem 2rem; align-items: start; }
figure { margin: .4rem 0; max-width: 36rem; }
figcaption { font-size: .9rem; margin-bottom: .3rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; }
svg text.label { fill: var(--ink); }
.grid { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.bar { stroke-width: 2; opacity: .55; }
.a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); }
.guide { stroke: var(--soft); stroke-dasharray: 4 4; stroke-width: 1.5; }
.mark { stroke-width: 1.5; fill: var(--paper); }
.fill { stroke: none; } .fill.a { fill: var(--a); } .fill.b { fill: var(--b); }
.fill.c { fill: var(--soft); }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem;
  font-size: .85rem; color: var(--soft); }
.key { display: inline-block; width: 1.2rem; height: 0; border-top: 3px solid; margin-right: .4rem;
  vertical-align: middle; }
.key.a { color: var(--a); } .key.b { color: var(--b); } .key.c { color: var(--c); }
.key.guide { color: var(--soft); border-top-style: dashed; }
pre { background: var(--shade); border-radius: .5rem; padding: .8rem; overflow-x: auto;
  font-size: .85rem; }
code { font-size: .92em; overflow-wrap: anywhere; }
@media print { main { max-width: none; } h2 { break-after: avoid; }
  figure { break-inside: avoid; } }
"""
