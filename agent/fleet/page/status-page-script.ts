/**
 * The page's script, as the browser gets it: filter, arrow keys, details. It only moves what is on the page already. Nothing of a report is put
 * into it, and it makes no HTML out of text.
 */
export const script: string = `(() => {
"use strict";
const all = (what, inside = document) => [...inside.querySelectorAll(what)];
const [filter, panel, keys] = ["filter", "panel", "keys"].map((id) => document.getElementById(id));
const [search] = all("[type=search]", filter), [count] = all("output", filter);
const [close] = all("button", panel), [title] = all("h2", panel), body = panel.lastElementChild;
const cells = all(".cells a"), words = cells.map((cell) => cell.getAttribute("aria-label").slice(5));
const shown = (inside) => all("li:not([hidden])>a", inside);
const stops = new Map();
let from;

const stop = (cell) => {
  const release = cell.closest("section");
  if (stops.has(release)) stops.get(release).tabIndex = -1;
  stops.set(release, cell);
  cell.tabIndex = 0;
};

const apply = () => {
  const text = search.value.trim().toLowerCase();
  const states = all(":checked", filter).map((box) => box.value);
  const targets = new Set();
  let sum = 0;
  cells.forEach((cell, i) => {
    const is = (!states.length || states.includes(cell.className)) && words[i].toLowerCase().includes(text);
    cell.parentNode.hidden = !is;
    if (is) { sum++; targets.add(cell.getAttribute("href").slice(1)); }
  });
  all(".cause[id]").forEach((cause) => { cause.hidden = !targets.has(cause.id); });
  all(".nodes").forEach((nodes) => {
    all(".group", nodes).forEach((group) => { const list = group.querySelector(".cells"); if (list) group.hidden = !list.querySelector("li:not([hidden])"); });
    const now = stops.get(nodes.closest("section"));
    if (!now || now.parentNode.hidden) { const [first] = shown(nodes); if (first) stop(first); }
  });
  count.textContent = sum + " of " + cells.length + " nodes";
};

const nearest = (list, at, step) => {
  const now = list[at].getBoundingClientRect();
  let best, top, least;
  for (let i = at + step; i >= 0 && i < list.length; i += step) {
    const box = list[i].getBoundingClientRect();
    if (box.top === now.top) continue;
    if (top !== undefined && box.top !== top) break;
    top = box.top;
    const off = Math.abs(box.left - now.left);
    if (least === undefined || off < least) { least = off; best = list[i]; }
  }
  return best;
};

const target = (cell, key) => {
  const list = shown(cell.closest(".nodes")), at = list.indexOf(cell);
  if (key === "ArrowRight") return list[at + 1];
  if (key === "ArrowLeft") return list[at - 1];
  if (key === "Home") return list[0];
  if (key === "End") return list.at(-1);
  if (key === "ArrowDown") return nearest(list, at, 1);
  if (key === "ArrowUp") return nearest(list, at, -1);
};

const open = (cell) => {
  from = cell;
  const name = cell.getAttribute("aria-label").slice(5);
  title.textContent = name;
  const facts = document.createElement("p");
  facts.textContent = cell.dataset.d;
  const about = document.getElementById(cell.getAttribute("href").slice(1));
  body.replaceChildren(facts, ...all(".why", about).map((part) => part.cloneNode(true)));
  panel.hidden = false;
  close.focus();
};

const shut = () => {
  panel.hidden = true;
  if (from && from.isConnected) from.focus();
};

cells.forEach((cell) => { cell.tabIndex = -1; });
filter.hidden = keys.hidden = false;
document.body.className = "js";
filter.addEventListener("input", apply);
filter.addEventListener("submit", (event) => event.preventDefault());
close.addEventListener("click", shut);
document.addEventListener("click", (event) => {
  const cell = event.target.closest(".cells a");
  if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stop(cell);
  open(cell);
});
document.addEventListener("focusin", () => document.body.classList.remove("quiet"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (!panel.hidden) shut();
    else document.body.classList.add("quiet");
    return;
  }
  const cell = event.target.closest(".cells a");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === " ") { event.preventDefault(); open(cell); return; }
  const next = target(cell, event.key);
  if (!next) return;
  event.preventDefault();
  stop(next);
  next.focus();
});
apply();
})();
`;
