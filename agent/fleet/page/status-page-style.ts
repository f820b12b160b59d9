/** The page's style, as the browser gets it: light or dark as the reader has it, in the reader's own fonts. */
export const style: string = `
:root{color-scheme:light dark;--bg:#fff;--card:#fff;--soft:#f3f5f8;--line:#d5dbe3;--text:#161b22;--muted:#545d69;--link:#0a58ca;
--good:#d6efdd;--good-t:#12542a;--good-l:#3f8f5b;--bad:#b3261e;--bad-t:#fff;--foreign:#6b3fa0;--unowned:#7a4b00;--outdated:#0f6674;--working:#1f5fbf;--working-2:#3a74ca;--idle:#dde2e8;--idle-t:#3d4650;--solid-t:#fff;--bar-good:#2f9e57;--warn:#fdf0ef;--focus:#0a58ca}
@media (prefers-color-scheme:dark){:root{--bg:#0e1116;--card:#14181f;--soft:#1a1f27;--line:#323a46;--text:#e4e8ee;--muted:#9ba6b4;--link:#7db3ff;
--good:#143a23;--good-t:#8be3a8;--good-l:#2f7a4b;--bad:#ff8177;--bad-t:#2b0503;--foreign:#c9a6f5;--unowned:#e8b55c;--outdated:#5fc9d8;--working:#86b6ff;--working-2:#a3c7ff;--idle:#2b323c;--idle-t:#c2cad4;--solid-t:#0b0f14;--bar-good:#3fa968;--warn:#2a1715;--focus:#9cc5ff}}
*{box-sizing:border-box}
html{scroll-padding:1rem 0 3rem}
body{margin:0 auto;max-width:78rem;padding:1.25rem 1.5rem 3.5rem;background:var(--bg);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
[hidden]{display:none!important}
h1,h2,h3,h4,p,ul,dl,dd{margin:0}
ul{padding:0;list-style:none}
h1{font-size:1.25rem;letter-spacing:-.01em}
h2{font-size:1.1rem;letter-spacing:-.01em}
h3,h4,.notes h2{font-size:.875rem;font-weight:600}
code,.n,time,.percent,bdi{font-variant-numeric:tabular-nums}
code,.names{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
em{font-style:normal;font-weight:600;color:var(--text)}
.n,.muted,dt,footer,#top p{color:var(--muted)}
.n{font-weight:400;margin-left:.15rem}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
:target{background:var(--soft)}
main:focus,div:focus{outline:0}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static;display:inline-block;margin:.25rem 0;padding:.35rem .75rem;color:var(--link)}
#top{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem 1rem;margin-bottom:1rem}
#top p:last-child{margin-left:auto}
#filter{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1.1rem;padding:.55rem .9rem;margin-bottom:1rem;background:var(--soft);border:1px solid var(--line);border-radius:8px}
#filter fieldset{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .8rem;border:0;margin:0;padding:0;min-width:0}
#filter legend{float:left;padding:0;color:var(--muted)}
#filter label{display:inline-flex;align-items:center;gap:.35rem;min-height:24px}
#filter [type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--muted);border-radius:6px;padding:.25rem .5rem;width:11rem;max-width:100%}
#filter [type=checkbox]{width:1rem;height:1rem;margin:0;accent-color:var(--link)}
#filter output{margin-left:auto;color:var(--muted);font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.1rem;margin-bottom:1rem}
section>header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem}
.badge{font-size:.8125rem;font-weight:600;border-radius:99px;padding:.05rem .6rem}
.badge.good{background:var(--good);color:var(--good-t)}
.badge.bad{background:var(--bad);color:var(--bad-t)}
.progress{display:grid;grid-template-columns:auto 1fr;align-items:end;gap:.35rem .9rem;margin:.5rem 0 .8rem}
.percent{font-size:2rem;line-height:1.1;font-weight:650;letter-spacing:-.02em;white-space:nowrap}
.progress svg{display:block;margin-top:.3rem;width:100%;height:10px;border-radius:5px;background:var(--idle)}
svg path{stroke:var(--text);stroke-width:2;vector-effect:non-scaling-stroke}
.facts{display:flex;flex-wrap:wrap;gap:.3rem 1.75rem;margin-bottom:.9rem}
dt{font-size:.75rem}
.again{margin-top:.9rem}
.problems,.notes{border-left:3px solid var(--line);padding:.4rem .8rem;margin:.75rem 0;background:var(--soft);border-radius:0 6px 6px 0}
.problems{border-color:var(--bad);background:var(--warn)}
.problems li+li,.notes li+li{margin-top:.25rem}
.group{display:grid;grid-template-columns:11.5rem 1fr;gap:.35rem 1rem;padding:.45rem 0;border-top:1px solid var(--line)}
.group h3{line-height:24px}
.group p{line-height:24px;color:var(--muted)}
.cells{display:flex;flex-wrap:wrap;gap:3px}
.cells a,.mark{display:inline-block;width:24px;height:24px;border-radius:4px;text-align:center;font:600 13px/24px system-ui,sans-serif;text-decoration:none;background:var(--idle);color:var(--idle-t)}
.mark{width:18px;height:18px;line-height:18px;font-size:11px;vertical-align:1px;margin-right:.2rem}
a.succeeded,.mark.succeeded{background:var(--good);color:var(--good-t);box-shadow:inset 0 0 0 1px var(--good-l)}
a.failed,.mark.failed{background:var(--bad);color:var(--bad-t)}
a.foreign,.mark.foreign{background:var(--foreign);color:var(--solid-t)}
a.unowned,.mark.unowned{background:var(--unowned);color:var(--solid-t)}
a.outdated,.mark.outdated{background:0 0;color:var(--outdated);box-shadow:inset 0 0 0 2px var(--outdated)}
a.working,.mark.working{background:repeating-linear-gradient(135deg,var(--working) 0 4px,var(--working-2) 4px 8px);color:var(--solid-t)}
a.missing,.mark.missing{background:0 0;color:var(--text);border:1px dashed var(--muted);line-height:22px}
.mark.missing{line-height:16px}
rect{stroke:var(--card);vector-effect:non-scaling-stroke}
rect.succeeded{fill:var(--bar-good)}rect.failed{fill:var(--bad)}rect.foreign{fill:var(--foreign)}rect.unowned{fill:var(--unowned)}rect.outdated{fill:var(--outdated)}rect.working{fill:var(--working)}
.cells a:hover,.cells a:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
.cells a:hover::after,.cells a:focus-visible::after{content:attr(aria-label) " \\b7  " attr(data-d);position:fixed;z-index:1;left:0;right:0;bottom:0;padding:.4rem 1.5rem;background:var(--text);color:var(--bg);font:.8125rem/1.4 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;text-align:left;unicode-bidi:isolate;overflow-wrap:anywhere;max-height:6rem;overflow:hidden}
.quiet .cells a::after{display:none}
.causes{margin:.25rem 0 .5rem}
.nodes+div>h3{margin-top:.9rem}
.cause{display:grid;grid-template-columns:11.5rem minmax(0,3fr) minmax(0,2fr);gap:.2rem 1rem;padding:.5rem 0;border-top:1px solid var(--line)}
.cause>:last-child{grid-column:3}
.names{color:var(--muted)}
bdi{display:inline-block;max-width:100%}
summary{cursor:pointer;color:var(--link);width:max-content;max-width:100%}
#legend dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:.6rem 1.5rem;margin:.6rem 0}
#legend dt{font-size:.875rem;font-weight:600;color:var(--text)}
#panel{position:fixed;z-index:2;right:1rem;bottom:3rem;width:min(30rem,calc(100vw - 2rem));max-height:min(60vh,32rem);overflow:auto;padding:1rem 1.1rem;background:var(--card);border:1px solid var(--muted);border-radius:8px;box-shadow:0 8px 30px #0005}
#panel button{float:right;margin-left:.75rem;font:inherit;color:inherit;background:var(--soft);border:1px solid var(--muted);border-radius:6px;padding:.15rem .7rem;min-height:26px}
#panel h2{font-size:.95rem}
#panel p{color:var(--muted);font-variant-numeric:tabular-nums}
#panel .why{margin-top:.6rem}
@media (prefers-reduced-motion:no-preference){#panel{animation:up .12s ease-out}@keyframes up{from{transform:translateY(.5rem);opacity:0}}}
@media (max-width:48rem){body{padding:1rem .75rem 4rem}section{padding:.8rem}.group,.cause{grid-template-columns:minmax(0,1fr)}.cause>:last-child{grid-column:1}#top p:last-child,#filter output{margin-left:0}.percent{font-size:1.6rem}}
@media (forced-colors:active){.cells a,.mark,svg{border:1px solid;forced-color-adjust:none}}
@media print{body{max-width:none;padding:0;font-size:11px}#filter,.skip,#panel,#keys,.cells a::after{display:none!important}section{break-inside:auto;border:0;border-top:1px solid;border-radius:0;padding:.5rem 0}.cells a,.mark,svg,.badge{print-color-adjust:exact;-webkit-print-color-adjust:exact}.cause,h2,h3{break-inside:avoid}details::details-content{content-visibility:visible}summary{display:none}}
`;
