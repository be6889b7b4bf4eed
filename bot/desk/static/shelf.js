// Recent questions and pinned entries: in this browser only, by account, and of a question only what the server has masked.
import { $, fragment } from "./page.js";

const RECENT = 12;
const PINNED = 24;
const key = (name) => `desk.${name}.${document.body.dataset.account}`;

function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(key(name)));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function write(name, items) {
  try {
    localStorage.setItem(key(name), JSON.stringify(items));
  } catch {
    // A browser that keeps nothing.
  }
  draw();
}

function itemOf(answer) {
  const { entry, address, question, titleZh: zh, titleEn: en } = answer.dataset;
  return { entry, address, question, zh, en };
}

// An entry that was opened by its address keeps the words by which it was asked for before.
export function remember(answer) {
  const item = itemOf(answer);
  const items = read("recent");
  item.question ||= items.find((other) => other.entry === item.entry)?.question ?? "";
  const others = items.filter((other) => other.entry !== item.entry || (other.question && other.question !== item.question));
  write("recent", [item, ...others].slice(0, RECENT));
}

export function forget() {
  write("recent", []);
}

export function isPinned(entry) {
  return read("pinned").some((item) => item.entry === entry);
}

export function pin(answer) {
  const item = { ...itemOf(answer), question: "", address: `/entry/${answer.dataset.entry}` };
  const others = read("pinned").filter((other) => other.entry !== item.entry);
  const was = others.length < read("pinned").length;
  write("pinned", was ? others : [item, ...others].slice(0, PINNED));
  return !was;
}

export function draw() {
  for (const name of ["pinned", "recent"]) {
    const section = $(`[data-${name}]`);
    const items = read(name);
    section.hidden = !items.length;
    $("ul", section).replaceChildren(...items.map(line));
  }
}

function line(item) {
  const made = fragment("<li><a><span></span></a></li>").firstChild;
  const link = $("a", made);
  const title = document.documentElement.lang.startsWith("zh") ? item.zh : item.en;
  link.href = String(item.address).startsWith("/entry/") ? item.address : "/";
  link.dataset.question = item.question ?? "";
  $("span", link).textContent = item.question || title;
  if (item.question) {
    const below = document.createElement("small");
    below.textContent = title;
    link.append(below);
  }
  return made;
}
