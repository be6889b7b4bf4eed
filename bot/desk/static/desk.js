// What happens on a click, a key, an input. Everything is heard on the document, so that what is exchanged needs no binding.
import { $, draft, get, post, say, toast } from "./page.js";
import {
  answer, asked, digit, go, keep, open, press, read, restore, select, settle, tick, tickAll, togglePin, turn, writings,
} from "./answer.js";
import { copyLink, copyShown, copySms } from "./copy.js";
import { search, searched } from "./law.js";
import { draw, forget } from "./shelf.js";
import { back, choose, hold, refresh, reset, step, typed } from "./suggest.js";

// Keys may come faster than answers: each waits until what the one before began is there.
let line = Promise.resolve();
function queue(action) {
  line = line.then(action).catch((error) => setTimeout(() => { throw error; }));
}

const THEMES = ["auto", "light", "dark"];

const actions = {
  copy: copyShown,
  sms: copySms,
  link: copyLink,
  pin: togglePin,
  print: () => window.print(),
  keys: () => $("[data-keys]").showModal(),
  clear: () => {
    forget();
    toast(say("cleared"));
  },
  theme: () => {
    const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
    keep("theme", next);
    showTheme();
  },
  logout: async () => {
    forget();
    if ((await post("/logout", {})) !== null) location.assign("/login");
  },
  report: (button) => report(button),
  language: (link) => speak(link),
};
const AT_ONCE = new Set(["print", "keys", "theme"]); // what needs no answer of the server's waits for none

function theme() {
  const kept = read("theme");
  return THEMES.includes(kept) ? kept : "auto";
}

function showTheme() {
  const now = theme();
  if (now === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now;
  $("[data-theme-name]").textContent = say(`theme_${now}`);
}

async function report(button) {
  const shown = button.closest("[data-answer]");
  const note = $("[data-note]", button.parentElement);
  const { entry, details, question } = shown?.dataset ?? {};
  const message = {
    verdict: button.dataset.verdict,
    question: shown ? question : $("#q").value.trim(),
    note: note.value,
    language: document.documentElement.lang.slice(0, 2),
  };
  if (shown) Object.assign(message, { entry_id: entry, details: JSON.parse(details) });
  button.disabled = true;
  if ((await post("/api/v1/feedback", message)) === null) button.disabled = false;
  else {
    note.value = "";
    toast(say("sent"));
  }
}

// The same page in the other language; what stands in the search box stays.
async function speak(link) {
  const address = new URL(location.href);
  address.searchParams.set("lang", new URL(link.href).searchParams.get("lang"));
  const page = await get(address);
  if (page === null) return;
  const said = $("#q").value;
  const written = writings();
  document.documentElement.lang = page.documentElement.lang;
  $('meta[name="csrf"]').content = $('meta[name="csrf"]', page).content;
  const question = answer()?.dataset.question;
  document.body.replaceWith(page.body);
  $("#q").value = said;
  asked(question);
  reset();
  begin();
  if (question) {
    // What was asked for comes first.
    await open({ entry_id: answer().dataset.entry, details: JSON.parse(answer().dataset.details), question });
  }
  restore(written);
  tickAll(written.papers);
  $('[data-do="language"]').focus();
}

const writing = (target) =>
  target.matches('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"])');

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-option], [data-tab], [role=option], a");
  if (!target) return;
  if (target.matches("[data-do]:not([type=checkbox])")) {
    event.preventDefault();
    if (AT_ONCE.has(target.dataset.do)) actions[target.dataset.do]();
    else queue(() => actions[target.dataset.do](target));
  } else if (target.matches("[data-option]")) queue(() => press(target));
  else if (target.matches("[data-tab]")) select(target.dataset.tab);
  else if (target.matches("[role=option]")) queue(() => choose(target));
  else if (target.matches(".skip")) {
    event.preventDefault();
    $("#main").focus();
  } else if (target.matches('a[href^="/"]') && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    event.preventDefault();
    queue(() => go(target.getAttribute("href"), target.dataset.question));
  }
});

// A press in the list must not take the cursor out of the search box first: on a phone the list goes with it.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-candidates]") && !writing(event.target)) event.preventDefault();
});

document.addEventListener("input", (event) => {
  if (event.isComposing) return;
  if (event.target.id === "q") typed();
  if (event.target.id === "law-q") searched(event.target);
});

// While an input method composes, what stands in the box is not yet what is meant.
document.addEventListener("compositionstart", (event) => {
  if (event.target.id === "q") hold();
});

document.addEventListener("compositionend", (event) => {
  if (event.target.id === "q") typed();
  if (event.target.id === "law-q") searched(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-paper]")) tick(event.target);
  if (event.target.matches('[data-do="reference"]')) keep("reference", event.target.checked ? "on" : "off");
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-search], [data-law-search]")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  // 229: an input method has taken the key, where the browser tells it in no other way.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || $("[data-keys]").open) return;
  if (event.target.id === "q") inSearch(event);
  else if (event.target.id === "law-q" && event.key === "Enter") search(event.target);
  else if (event.key === "Escape") back();
  else if (!writing(event.target)) outside(event);
});

function inSearch(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") queue(() => step(event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter") {
    $("#main").focus({ preventScroll: true }); // what is typed from here on is meant for the answer
    queue(async () => (await choose()) || back());
  }
  else if (event.key === "Escape") event.target.select();
  else return;
  event.preventDefault();
}

const keys = {
  "/": back,
  c: copyShown,
  m: copySms,
  p: togglePin,
  "?": actions.keys,
  "？": actions.keys,
  ArrowLeft: () => turn(-1),
  ArrowRight: () => turn(1),
};

function outside(event) {
  const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (/^[1-9]$/.test(event.key)) queue(() => digit(Number(event.key)));
  else if (action === actions.keys) action();
  else if (action) queue(action);
  else return;
  event.preventDefault();
}

window.addEventListener("popstate", (event) => go(location.pathname + location.search, event.state?.question, false));

function begin() {
  draw();
  showTheme();
  settle();
  if ($("#q").value) refresh(); // typed before this was loaded, or in the other language
}

const { question: unsaid, note: unsent } = draft();
if (unsaid) $("#q").value = unsaid;
if (unsent && answer()) $("#main [data-note]").value = unsent;
asked(history.state?.question);
begin();
// Whoever came for an entry or an article can press its keys at once; on the first page the cursor is in the search box.
$("[data-focus]")?.focus({ preventScroll: true });
if (new URL(location.href).searchParams.has("lang")) {
  const clean = new URL(location.href);
  clean.searchParams.delete("lang");
  history.replaceState({}, "", clean);
}
