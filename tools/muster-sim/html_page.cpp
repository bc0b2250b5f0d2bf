// Style and script of the page. Texts from the run go into the page as text nodes only.
#include "tools/muster-sim/html_page.hpp"

namespace muster::sim {

const std::string_view page_style = R"css(
:root { --ink: #1b2330; --soft: #5b6676; --line: #d8dde5; --paper: #fff; --wash: #f5f7fa; --good: #0a7a4b;
  --bad: #b3261e; --c1: #0b62c4; --c2: #0a8f6a; --c3: #c2410c; --c4: #8a3ffc; --mark: #98a2b3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b6; --line: #333c4a; --paper: #12161d;
  --wash: #1a202a; --good: #4cc38a; --bad: #ff8a80; --c1: #6aaeff; --c2: #3fd0a3; --c3: #ff9b61; --c4: #c2a0ff;
  --mark: #67748a; } }
@media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --wash: #fff; --good: #0a7a4b;
  --bad: #b3261e; --c1: #0b62c4; --c2: #0a8f6a; --c3: #c2410c; --c4: #8a3ffc; --mark: #888; }
  figure, tr { break-inside: avoid; } .readout { display: none; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 18px; margin: 40px 0 8px; }
header p { margin: 6px 0 0; color: var(--soft); max-width: 70ch; }
header .badge { display: inline-block; margin: 16px 0; padding: 4px 14px; border-radius: 999px; font-weight: 600;
  color: var(--soft); border: 1.5px solid currentColor; }
header .held, tr.held b { color: var(--good); }
header .broken, tr.broken b { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; }
th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { white-space: nowrap; }
.verdict td:last-child { white-space: normal; color: var(--soft); min-width: 16em; }
dl { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 24px 0; }
dt { font-size: 13px; color: var(--soft); }
dd { margin: 0; }
figure { margin: 36px 0 0; }
figcaption h2 { margin: 0; }
figcaption p { margin: 0; font-size: 14px; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 8px 0 4px; font-size: 14px; }
.legend svg { width: 26px; height: 10px; margin-right: 6px; }
.plot svg { display: block; width: 100%; height: auto; background: var(--wash); border-radius: 8px; }
.plot svg:focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
.plot text { fill: var(--soft); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.plot .mark text { fill: var(--ink); font-weight: 600; }
.readout { margin: 4px 0 0; min-height: 1.5em; font-size: 14px; color: var(--soft);
  font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .verdict td:last-child, .verdict th:last-child { display: none; }
  th, td { padding-right: 12px; } }
details { margin: 8px 0; }
summary { cursor: pointer; font-weight: 600; }
)css";

const std::string_view page_script = R"js(
'use strict';
const run = JSON.parse(document.getElementById('run').textContent);
const samples = run.samples, xs = samples.map(s => s.second);
const number = v => v === null ? 'none' : v.toLocaleString('en', {maximumFractionDigits: v < 10 ? 2 : v < 100 ? 1 : 0});
const seen = key => s => s.seen ? s.seen[key] : null, truth = key => s => s.truth ? s.truth[key] : null;
const perSecond = key => s => s.span > 0 ? s[key] / s.span : null;
const positive = key => s => s[key] > 0 ? s[key] : null;
const charts = {
  rates: {unit: '/s', series: [['heartbeats', 1, perSecond('beats')], ['all requests', 2, perSecond('ok'), '5 4'],
    ['errors', 3, perSecond('errors')]]},
  latency: {unit: ' ms', log: true, series: [['p50', 1, positive('p50_ms')], ['p99', 2, positive('p99_ms')],
    ['p99.9', 3, positive('p999_ms')]]},
  states: {unit: '', series: [['online', 1, seen('online')], ['stale', 3, seen('stale')],
    ['offline', 4, seen('offline')], ['online in truth', 1, truth('online'), '2 5'],
    ['stale in truth', 3, truth('stale'), '2 5'], ['offline in truth', 4, truth('offline'), '2 5']]},
  push: {unit: '', optional: true, series: [['agents', 1, s => s.policy_reached]]},
  status: {unit: ' ms', log: true, series: [['status', 1, positive('status_ms')]]}
};
function make(name, attributes, parent, text) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}
function legend(place, names) {
  place.replaceChildren();
  for (const [name, colour, dash, block] of names) {
    const entry = document.createElement('span'), icon = make('svg', {viewBox: '0 0 26 10', 'aria-hidden': true});
    if (block) make('rect', {x: 8, width: 10, height: 10, rx: 2, fill: `var(--c${colour})`}, icon);
    else make('path', {d: 'M0 5h26', stroke: `var(--c${colour})`, 'stroke-width': 2.5,
      'stroke-dasharray': dash || 'none'}, icon);
    entry.append(icon, name);
    place.append(entry);
  }
}
function ticksOf(top, log, bottom) {
  const out = [];
  if (log) { for (let v = bottom; v <= top * 1.001; v *= 10) out.push(v); return out; }
  const rough = top / 4, size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(s => s * size >= rough) * size;
  for (let v = 0; v < top + step * .999; v += step) out.push(v);
  return out;
}
function frame(figure, title) {
  const width = Math.max(figure.clientWidth, 300), height = width < 600 ? 240 : 280;
  const svg = make('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', tabindex: 0, 'aria-label': title});
  return {svg, width, height, left: 76, right: width - 14, top: 24, bottom: height - 28};
}
function axis(box, ticks, y, unit) {
  for (const v of ticks) {
    make('path', {d: `M${box.left} ${y(v)}H${box.right}`, stroke: 'var(--line)'}, box.svg);
    make('text', {x: box.left - 8, y: y(v) + 4, 'text-anchor': 'end'}, box.svg, number(v) + unit);
  }
}
function timeAxis(box, x, last) {
  const ticks = ticksOf(Math.max(last, 1), false).filter(v => v <= last);
  for (const v of ticks) make('text', {x: x(v), y: box.bottom + 18, 'text-anchor': 'middle'}, box.svg, number(v) + ' s');
  let shown = -100;
  run.marks.forEach((mark, i) => {
    const g = make('g', {class: 'mark'}, box.svg), at = x(mark.second);
    make('path', {d: `M${at} ${box.top}V${box.bottom}`, stroke: 'var(--mark)', 'stroke-dasharray': '3 3'}, g);
    make('title', {}, g, `${number(mark.second)} s: ${mark.text}`);
    if (at - shown > 16) { make('text', {x: at, y: box.top - 8, 'text-anchor': 'middle'}, g, i + 1); shown = at; }
  });
}
function pathOf(values, x, y) {
  let out = '', pen = 'M';
  values.forEach((v, i) => {
    if (v === null || v === undefined) { pen = 'M'; return; }
    out += `${pen}${x(xs[i]).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = 'L';
  });
  return out;
}
function drawLines(id) {
  const chart = charts[id], figure = document.getElementById(id);
  const series = chart.series.map(([name, colour, get, dash]) => ({name, colour, dash, values: samples.map(get)}))
    .filter(s => s.values.some(v => v !== null && v !== undefined && (v > 0 || chart.series.length < 4)));
  const known = series.flatMap(s => s.values).filter(v => v !== null && v !== undefined);
  const most = Math.max(...known, 0);
  if (!known.length || (chart.optional && most === 0)) return;
  figure.hidden = false;
  legend(figure.querySelector('.legend'), series.map(s => [s.name, s.colour, s.dash]));
  const box = frame(figure, figure.querySelector('h2').textContent), last = Math.max(...xs, 1);
  const bottom = chart.log ? 10 ** Math.floor(Math.log10(Math.min(...known))) : 0;
  const ticks = ticksOf(chart.log ? 10 ** Math.ceil(Math.log10(most)) : most || 1, chart.log, bottom);
  const top = chart.log ? Math.max(ticks[ticks.length - 1], bottom * 10) : ticks[ticks.length - 1];
  const share = chart.log ? v => Math.log(v / bottom) / Math.log(top / bottom) : v => v / top;
  const y = v => box.bottom - share(v) * (box.bottom - box.top);
  const x = v => box.left + v / last * (box.right - box.left);
  axis(box, ticks, y, chart.unit);
  timeAxis(box, x, last);
  for (const s of series)
    make('path', {d: pathOf(s.values, x, y), fill: 'none', stroke: `var(--c${s.colour})`, 'stroke-width': 2,
      'stroke-linejoin': 'round', 'stroke-dasharray': s.dash || 'none'}, box.svg);
  follow(box, figure, series, x, y, chart.unit, last);
  figure.querySelector('.plot').replaceChildren(box.svg);
}
function follow(box, figure, series, x, y, unit, last) {
  const cursor = make('g', {visibility: 'hidden'}, box.svg), readout = figure.querySelector('.readout');
  const line = make('path', {stroke: 'var(--ink)', 'stroke-opacity': .4}, cursor);
  const dots = series.map(s => make('circle', {r: 3.5, fill: `var(--c${s.colour})`}, cursor));
  let current = 0;
  const show = i => {
    current = Math.min(Math.max(i, 0), xs.length - 1);
    cursor.setAttribute('visibility', 'visible');
    line.setAttribute('d', `M${x(xs[current])} ${box.top}V${box.bottom}`);
    const parts = series.map((s, k) => {
      const v = s.values[current], is = v !== null && v !== undefined;
      dots[k].setAttribute('visibility', is ? 'inherit' : 'hidden');
      if (is) { dots[k].setAttribute('cx', x(xs[current])); dots[k].setAttribute('cy', y(v)); }
      return `${s.name} ${is ? number(v) + unit : 'none'}`;
    });
    readout.textContent = `at ${number(xs[current])} s: ${parts.join(', ')}`;
  };
  box.svg.addEventListener('pointermove', event => {
    const area = box.svg.getBoundingClientRect();
    const at = ((event.clientX - area.left) * box.width / area.width - box.left) / (box.right - box.left) * last;
    show(xs.reduce((best, v, i) => Math.abs(v - at) < Math.abs(xs[best] - at) ? i : best, 0));
  });
  box.svg.addEventListener('pointerleave', () => { cursor.setAttribute('visibility', 'hidden'); });
  box.svg.addEventListener('keydown', event => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (by) { show(current + by); event.preventDefault(); }
  });
}
function drawDelays() {
  const figure = document.getElementById('delays'), bounds = run.truth.bucket_bounds_ms;
  const sorts = [['stale', 3, run.truth.stale_delay], ['offline', 4, run.truth.offline_delay],
    ['online again', 2, run.truth.back_delay]].filter(([, , d]) => d.count > 0);
  if (!sorts.length) return;
  figure.hidden = false;
  legend(figure.querySelector('.legend'), sorts.map(([name, colour, d]) =>
    [`${name}: ${number(d.count)} words, p50 ${number(d.ms.p50)} ms, p99 ${number(d.ms.p99)} ms, at most ${number(d.ms.max)} ms`,
      colour, null, true]));
  const box = frame(figure, figure.querySelector('h2').textContent);
  const most = Math.max(...sorts.flatMap(([, , d]) => d.buckets)), ticks = ticksOf(most, false);
  const y = v => box.bottom - v / ticks[ticks.length - 1] * (box.bottom - box.top);
  axis(box, ticks, y, '');
  const slot = (box.right - box.left) / (bounds.length + 1), bar = slot * .8 / sorts.length;
  const short = v => v < 1000 ? `${v}` : `${v / 1000} s`;
  for (let i = 0; i <= bounds.length; ++i) {
    const from = box.left + i * slot, name = i < bounds.length ? '≤ ' + short(bounds[i]) : '> ' + short(bounds[i - 1]);
    if (box.width > 900 || (i % 3 === 0 && i < bounds.length - 1) || i === bounds.length)
      make('text', {x: from + slot / 2, y: box.bottom + 18, 'text-anchor': 'middle'}, box.svg,
        name + (i < bounds.length && bounds[i] < 1000 ? ' ms' : ''));
    sorts.forEach(([what, colour, d], k) => {
      if (!d.buckets[i]) return;
      const height = Math.max(box.bottom - y(d.buckets[i]), 2);
      const rect = make('rect', {x: from + slot * .1 + k * bar, y: box.bottom - height, width: bar, height, rx: 2,
        fill: `var(--c${colour})`}, box.svg);
      make('title', {}, rect, `${what}, ${name}: ${number(d.buckets[i])}`);
    });
  }
  figure.querySelector('.plot').replaceChildren(box.svg);
}
function drawAll() { for (const id in charts) drawLines(id); drawDelays(); }
drawAll();
let drawn = document.querySelector('main').clientWidth;
addEventListener('resize', () => {
  const width = document.querySelector('main').clientWidth;
  if (width !== drawn) { drawn = width; drawAll(); }
});
)js";

}  // namespace muster::sim
