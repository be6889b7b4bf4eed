// The answer on the right: opened, changed in place by a detail, in one of its forms. Its address is the page's.
import { $, $$, fragment, get, post, say, toast } from "./page.js";
import { search } from "./law.js";
import { draw, isPinned, pin, remember } from "./shelf.js";

let tab = "script";
let latest = 0; // the newest request for what is shown; an older one that comes late is dropped
let ticked = { entry: "", papers: new Set() };

export const answer = () => $("[data-answer]");

// An entry for a case. Fresh: for a new question. What the last caller had ticked is not this one's then, nor what was written
// beside the answer, and what is said first is read out first.
export async function open(chosen, { focus = "[data-focus]", fresh = false } = {}) {
  const mine = ++latest;
  const found = await post("/parts/answer", chosen);
  if (found === null || mine !== latest) return;
  if (fresh) {
    ticked = { entry: "", papers: new Set() };
    tab = "script";
  }
  const before = answer()?.dataset.entry;
  const written = writings();
  $("#main").replaceChildren(fragment(found));
  const { address, entry, question } = answer().dataset;
  if (before === entry && location.pathname === `/entry/${entry}`) history.replaceState({ question }, "", address);
  else history.pushState({ question }, "", address);
  settle();
  if (before === entry) {
    if (!fresh) restore(written);
    $("[data-changed]").textContent = ($("[data-active] legend") ?? $(".script .say")).textContent;
  }
  ($(focus) ?? $("[data-focus]")).focus({ preventScroll: before === entry });
  if (before !== entry) window.scrollTo({ top: 0 });
  remember(answer());
}

// Another page of the desk in the place of this one's main part; the words by which it was asked for stay known.
export async function go(address, question = "", push = true) {
  const mine = ++latest;
  const page = await get(address);
  if (page === null || mine !== latest) return;
  $("#main").replaceChildren(...$("#main", page).childNodes);
  if (push) history.pushState({ question }, "", address);
  asked(question);
  settle();
  ($("[data-focus]") ?? $("#q")).focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
  if (answer()) remember(answer());
}

// The words by which the answer was asked for, which its address does not tell.
export function asked(question) {
  if (answer() && question) answer().dataset.question = question;
}

// What is written beside an answer, and which papers are ticked, by place: in another language their names are others.
export function writings() {
  return {
    note: $("#main [data-note]")?.value ?? "",
    law: $("#law-q")?.value ?? "",
    papers: $$("[data-paper]").map((paper) => paper.checked),
  };
}

export function restore({ note, law }) {
  if ($("#main [data-note]")) $("#main [data-note]").value = note;
  if (!law || !$("#law-q")) return;
  $("#law-q").value = law;
  search($("#law-q"));
}

// After anything new is shown.
export function settle() {
  const shown = answer();
  document.title = [$("#main h1")?.textContent, $(".brand span").textContent].filter(Boolean).join(" · ");
  document.body.classList.toggle("answering", location.pathname !== "/");
  const other = new URL(location.href);
  other.searchParams.set("lang", new URL($('[data-do="language"]').href).searchParams.get("lang"));
  $('[data-do="language"]').href = other.pathname + other.search;
  if (!shown) return;
  $('[data-do="reference"]').checked = read("reference") !== "off";
  if (ticked.entry !== shown.dataset.entry) ticked = { entry: shown.dataset.entry, papers: new Set() };
  for (const paper of $$("[data-paper]")) paper.checked = ticked.papers.has(paper.nextElementSibling.textContent);
  count();
  select(tab);
  namePin();
}

export function select(name, focus = false) {
  if (!$(`[data-tab="${name}"]`)) return;
  tab = name;
  for (const each of $$("[data-tab]")) {
    const mine = each.dataset.tab === name;
    each.setAttribute("aria-selected", String(mine));
    each.tabIndex = mine ? 0 : -1;
    if (mine && focus) each.focus();
    $(`#panel-${each.dataset.tab}`).toggleAttribute("data-open", mine);
  }
}

export function turn(by) {
  const names = $$("[data-tab]").map((each) => each.dataset.tab);
  if (names.length) select(names[(names.indexOf(tab) + by + names.length) % names.length], document.activeElement?.role === "tab");
}

export function press(chip) {
  const shown = answer();
  const detail = chip.closest("[data-detail]").dataset.detail;
  const details = JSON.parse(shown.dataset.details);
  const option = chip.dataset.option;
  if (chip.getAttribute("aria-pressed") === "true") delete details[detail];
  else details[detail] = option;
  const inside = chip === document.activeElement;
  const focus = inside ? `[data-detail="${detail}"] [data-option="${option}"]` : "[data-focus]";
  return open({ entry_id: shown.dataset.entry, details, question: shown.dataset.question }, { focus });
}

export function digit(number) {
  const chip = $$("[data-active] [data-option]")[number - 1];
  return chip && press(chip);
}

export function tick(paper) {
  const text = paper.nextElementSibling.textContent;
  if (paper.checked) ticked.papers.add(text);
  else ticked.papers.delete(text);
  count();
}

// The papers that were ticked, by place.
export function tickAll(papers) {
  const here = $$("[data-paper]");
  if (here.length !== papers.length) return;
  here.forEach((paper, place) => {
    paper.checked = papers[place];
    tick(paper);
  });
}

function count() {
  const papers = $$("[data-paper]");
  const place = $("[data-have]");
  if (place) place.textContent = say("have", { done: papers.filter((paper) => paper.checked).length, all: papers.length });
}

export function togglePin() {
  if (!answer()) return;
  toast(say(pin(answer()) ? "pinned_now" : "unpinned_now"));
  namePin();
}

function namePin() {
  const pinned = isPinned(answer().dataset.entry);
  $('[data-do="pin"]').setAttribute("aria-pressed", String(pinned));
  $("[data-pin-name]").textContent = say(pinned ? "unpin" : "pin");
  draw();
}

export function openTab() {
  return tab;
}

export function read(name) {
  try {
    return localStorage.getItem(`desk.${name}`);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(`desk.${name}`, value);
  } catch {
    // A browser that keeps nothing.
  }
}
