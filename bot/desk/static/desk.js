// What happens on a click, a key, an input. Everything is heard on the document, so that what is exchanged needs no binding.
import { $, get, post, say, toast } from "./page.js";
import { answer, digit, go, keep, press, read, select, settle, tick, togglePin, turn } from "./answer.js";
import { copyLink, copyShown, copySms } from "./copy.js";
import { search, searched } from "./law.js";
import { draw, forget } from "./shelf.js";
import { back, choose, refresh, step, typed } from "./suggest.js";

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
  const { entry, details, question } = shown?.dataset ?? {};
  const message = {
    verdict: button.dataset.verdict,
    question: shown ? question : $("#q").value.trim(),
    note: $("#note", shown ?? document.createElement("p"))?.value ?? "",
    language: document.documentElement.lang.slice(0, 2),
  };
  if (shown) Object.assign(message, { entry_id: entry, details: JSON.parse(details) });
  button.disabled = true;
  if ((await post("/api/v1/feedback", message)) !== null) toast(say("sent"));
  else button.disabled = false;
}

// The same page in the other language; what stands in the search box stays.
async function speak(link) {
  const address = new URL(location.href);
  address.searchParams.set("lang", new URL(link.href).searchParams.get("lang"));
  const page = await get(address);
  if (page === null) return;
  const said = $("#q").value;
  document.documentElement.lang = page.documentElement.lang;
  $('meta[name="csrf"]').content = $('meta[name="csrf"]', page).content;
  const question = answer()?.dataset.question;
  document.body.replaceWith(page.body);
  if (answer() && question) answer().dataset.question = question;
  $("#q").value = said;
  begin();
  if (said) refresh();
  $('[data-do="language"]').focus();
}

const writing = (target) =>
  target.matches('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"])');

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-option], [data-tab], [role=option], a");
  if (!target) return;
  if (target.matches("[data-do]:not([type=checkbox])")) {
    event.preventDefault();
    queue(() => actions[target.dataset.do](target));
  } else if (target.matches("[data-option]")) queue(() => press(target));
  else if (target.matches("[data-tab]")) select(target.dataset.tab);
  else if (target.matches("[role=option]")) queue(() => choose(target));
  else if (target.matches('a[href^="/"]') && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    event.preventDefault();
    queue(() => go(target.getAttribute("href")));
  }
});

document.addEventListener("input", (event) => {
  if (event.isComposing) return;
  if (event.target.id === "q") typed();
  if (event.target.id === "law-q") searched(event.target);
});

// While an input method composes, what stands in the box is not yet what is meant.
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
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || $("[data-keys]").open) return;
  if (event.target.id === "q") inSearch(event);
  else if (event.target.id === "law-q" && event.key === "Enter") search(event.target);
  else if (event.key === "Escape") back();
  else if (!writing(event.target)) outside(event);
});

function inSearch(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
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
  else if (action) queue(action);
  else return;
  event.preventDefault();
}

window.addEventListener("popstate", () => go(location.pathname + location.search, false));

function begin() {
  draw();
  showTheme();
  settle();
}

begin();
// Whoever came for an entry or an article can press its keys at once; on the first page the cursor is in the search box.
$("[data-focus]")?.focus({ preventScroll: true });
if (new URL(location.href).searchParams.has("lang")) {
  const clean = new URL(location.href);
  clean.searchParams.delete("lang");
  history.replaceState({}, "", clean);
}
