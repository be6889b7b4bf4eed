// Candidates while somebody types. Only the newest answer counts; Enter waits for it.
import { $, $$, fragment, post } from "./page.js";
import { go, open } from "./answer.js";

const LEAST = 2;
const PAUSE = 60; // milliseconds: about a keystroke

let timer = 0;
let asking = null; // what is under way: { text, done, stop }
let shown = ""; // the text whose candidates stand there

const box = () => $("#q");
const options = () => $$('#candidates [role="option"]');

export function typed() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

// An input method composes: what stood in the box before is not what is meant.
export function hold() {
  clearTimeout(timer);
}

// Nothing stands there any more, so that the next look asks again.
export function reset() {
  asking?.stop.abort();
  asking = null;
  shown = "";
  show("");
}

export function refresh() {
  clearTimeout(timer);
  const text = box().value.trim();
  if ([...text].length < LEAST) {
    reset();
    return Promise.resolve();
  }
  if (asking?.text === text) return asking.done;
  asking?.stop.abort();
  const stop = new AbortController();
  asking = { text, stop, done: ask(text, stop.signal) };
  return asking.done;
}

async function ask(text, signal) {
  try {
    const found = await post("/parts/candidates", { text }, signal);
    if (signal.aborted) return;
    if (found === null) {
      reset();
      return;
    }
    shown = text;
    show(found);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function show(found) {
  $("[data-candidates]").replaceChildren(fragment(found));
  const count = options().length;
  box().setAttribute("aria-expanded", String(count > 0));
  mark(0);
  $("#search-status").textContent = $("#candidates")?.dataset.status ?? "";
}

function mark(place) {
  const all = options();
  all.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
  const marked = all[place];
  if (marked) box().setAttribute("aria-activedescendant", marked.id);
  else box().removeAttribute("aria-activedescendant");
  marked?.scrollIntoView({ block: "nearest" });
}

export async function step(by) {
  if (box().value.trim() !== shown) await refresh();
  const all = options();
  if (!all.length) return;
  const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  mark((now + by + all.length) % all.length);
}

// Whether there was anything to open.
export async function choose(option) {
  if (!option) {
    if (box().value.trim() !== shown) await refresh();
    if (box().value.trim() !== shown) return false;
    option = options().find((each) => each.getAttribute("aria-selected") === "true");
  }
  if (!option) return false;
  if (option.dataset.href) await go(option.dataset.href);
  else await open({ entry_id: option.dataset.entry, question: box().value.trim() }, { fresh: true });
  return true;
}

export function back() {
  box().focus();
  box().select();
  box().scrollIntoView({ block: "nearest" });
}
