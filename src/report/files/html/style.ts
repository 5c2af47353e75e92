/** The style of report.html. Colour-blind readers can tell the families apart: blue, orange, grey-violet with hatching. */
import type { Bucket } from '../../../ledger/buckets.ts';

/** Darker is worse within a family; the families differ in hue and in lightness. */
export const colors: Readonly<Record<Bucket, string>> = {
  delivered: '#1b6ca8',
  unchanged: '#5a9bc8',
  duplicate: '#95c0de',
  filtered: '#c9dfee',
  rejected: '#b4430c',
  failed: '#e0752b',
  unknown: '#f3b174',
  parked: '#6a6884',
  pending: '#aeadc0',
};

export const style = `
:root{--paper:#fff;--ground:#f6f6f3;--ink:#1d2126;--soft:#5d6570;--faint:#8b929b;--rule:#e3e3de;--done:#1b6ca8;--person:#c2500f;
--waits:#6a6884;--bad:#c2500f;--wash:#f3f6f9;color-scheme:light}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;-webkit-font-smoothing:antialiased}
main{max-width:1080px;margin:0 auto;padding:56px 40px 80px;background:var(--paper);min-height:100vh;box-shadow:0 0 0 1px rgba(0,0,0,.04),0 12px 48px rgba(0,0,0,.05)}
header{margin-bottom:44px}
.over{font-size:12.5px;letter-spacing:.02em;color:var(--soft);margin:0 0 14px;display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center}
.over b{color:var(--ink);font-weight:600}
h1{font-size:33px;line-height:1.22;letter-spacing:-.022em;font-weight:620;margin:0 0 14px;max-width:24em;text-wrap:balance}
.lead{font-size:15.5px;color:var(--soft);margin:0;max-width:64em}
h2{font-size:19px;letter-spacing:-.012em;font-weight:620;margin:0 0 4px}
h3{font-size:13px;font-weight:620;margin:26px 0 6px;color:var(--ink)}
section{margin-top:58px;break-inside:auto}
section>p.note{color:var(--soft);margin:0 0 18px;max-width:62em}
.badge{display:inline-block;padding:1px 8px;border-radius:99px;font-size:11.5px;font-weight:600;border:1px solid var(--rule);color:var(--soft);background:var(--paper)}
.badge.hot{color:#fff;background:var(--ink);border-color:var(--ink)}
.badge.bad{color:#fff;background:var(--bad);border-color:var(--bad)}
.badge.good{color:#fff;background:var(--done);border-color:var(--done)}
.badge.wait{color:#fff;background:var(--waits);border-color:var(--waits)}
.three{display:grid;grid-template-columns:repeat(3,1fr);gap:0;margin:40px 0 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
.three>div{padding:20px 24px 18px 0}
.three>div+div{padding-left:24px;border-left:1px solid var(--rule)}
.three .name{font-size:13px;color:var(--soft);display:flex;align-items:center;gap:8px}
.three .name i{width:10px;height:10px;border-radius:3px;display:inline-block}
.three .rows{font-size:34px;letter-spacing:-.025em;font-weight:600;line-height:1.25;margin-top:2px}
.three .more{font-size:13px;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{font-weight:500;color:var(--soft);text-align:left;font-size:12px;padding:6px 12px 6px 0;border-bottom:1px solid var(--ink);vertical-align:bottom}
td{padding:7px 12px 7px 0;border-bottom:1px solid var(--rule);vertical-align:top}
th.n,td.n{text-align:right;padding-right:0;padding-left:18px;white-space:nowrap}
tr.total td{border-top:1px solid var(--ink);border-bottom:0;font-weight:600}
td .swatch{display:inline-block;width:9px;height:9px;border-radius:2.5px;margin-right:9px;vertical-align:0}
td.keep{white-space:nowrap}
tr.none td{color:var(--faint)}tr.none td .swatch{opacity:.45}tr.none td b{color:var(--ink)}
.soft{color:var(--soft)}.faint{color:var(--faint)}
code,.mono{font:12.5px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
code.cmd{display:inline-block;background:var(--wash);border:1px solid var(--rule);border-radius:6px;padding:3px 9px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:11.5px "Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
svg .axis{stroke:var(--rule);stroke-width:1}
svg .base{stroke:var(--faint);stroke-width:1}
svg .strong{fill:var(--ink);font-weight:600}
figure{margin:0 0 8px}
figcaption{font-size:12.5px;color:var(--soft);margin-top:8px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:12.5px;color:var(--soft);margin:10px 0 22px;padding:0;list-style:none}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:7px;vertical-align:-.5px}
.group{display:grid;grid-template-columns:44px 1fr auto;gap:0 14px;padding:16px 0 15px;border-top:1px solid var(--rule);break-inside:avoid}
.group:first-of-type{border-top:1px solid var(--ink)}
.group .no{font-size:21px;font-weight:600;letter-spacing:-.02em;color:var(--faint);line-height:1.2}
.group .code{font-weight:620}.group .code code{font-size:13.5px}
.group .code .field{font-weight:400;color:var(--soft)}
.group p{margin:3px 0 0;max-width:58em}
.group .fig{text-align:right;white-space:nowrap}
.group .fig b{font-size:18px;font-weight:600;letter-spacing:-.015em;display:block;line-height:1.3}
.share{height:4px;border-radius:2px;background:var(--rule);margin-top:8px;width:130px;margin-left:auto;overflow:hidden}
.share i{display:block;height:100%;border-radius:2px}
.why{background:var(--wash);border-radius:6px;padding:4px 10px;display:inline-block;margin-top:6px}
.multiples{display:grid;grid-template-columns:repeat(3,1fr);gap:26px 34px}
.multiples h3{margin:0 0 2px}
.two{display:grid;grid-template-columns:1.35fr 1fr;gap:0 48px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:5px 24px;margin:0;font-size:13.5px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ol.steps{margin:6px 0 0;padding:0;list-style:none;counter-reset:s}
ol.steps li{counter-increment:s;padding:9px 0 9px 44px;position:relative;border-top:1px solid var(--rule)}
ol.steps li:before{content:counter(s);position:absolute;left:0;color:var(--faint);font-weight:600;font-size:17px}
.alarm{border-left:4px solid var(--bad);padding:12px 18px;background:#fdf4ee;margin:28px 0 0;border-radius:0 6px 6px 0}
footer{margin-top:64px;padding-top:16px;border-top:1px solid var(--rule);font-size:12.5px;color:var(--faint)}
@media screen and (max-width:760px){main{padding:32px 20px 56px}h1{font-size:25px}.three,.multiples,.two{grid-template-columns:1fr}
.three>div+div{border-left:0;padding-left:0;border-top:1px solid var(--rule)}.scroll{overflow-x:auto}.group{grid-template-columns:30px 1fr}.group .fig{grid-column:2;text-align:left}.share{margin-left:0}}
@media print{@page{size:A4;margin:13mm 13mm 14mm}body{background:#fff;font-size:9pt;line-height:1.45}main{max-width:none;padding:0;box-shadow:none}
header{margin-bottom:20pt}h1{font-size:19pt}.lead{font-size:9.5pt}h2{font-size:12pt}.three{margin-top:16pt}.three .rows{font-size:19pt}.three>div{padding-top:10px;padding-bottom:9px}
.over,.three .name,.three .more,figcaption,.legend{font-size:8pt}table,dl{font-size:8.5pt}th{font-size:7.5pt}td,th{padding-top:3.5px;padding-bottom:3.5px}
code,.mono,.group .code code{font-size:8pt}.group{padding:8px 0}.group .fig b{font-size:12pt}section{margin-top:22pt}.multiples{gap:14px 22px}
h2,h3,.note{break-after:avoid}tr,figure,.group,.three,ol.steps li,.two,.multiples{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
