// What every part needs: the page's sentences, the server, short messages.

const DRAFT = "desk.draft";

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

export function say(key, values = {}) {
  const text = JSON.parse(document.body.dataset.said)[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function toast(text, bad = false) {
  const box = $("[data-toasts]");
  const line = document.createElement("p");
  line.textContent = text;
  line.className = bad ? "bad" : "";
  box.replaceChildren(line);
  setTimeout(() => line.remove(), bad ? 6000 : 2500);
}

const LONGEST = 5000; // milliseconds; a server that hangs must not hold up the keys that wait behind it

// A request and its whole answer: { response, text }. One that was given up for a newer one throws an AbortError.
async function reach(address, how, signal) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new DOMException("no answer", "TimeoutError")), LONGEST);
  signal?.addEventListener("abort", () => stop.abort(signal.reason));
  try {
    const response = await fetch(address, { ...how, signal: stop.signal });
    return { response, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

// The answer's text; null where there is none, which has been said then. A request that was given up for a newer one throws.
export async function post(path, message, signal, again = true) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": $('meta[name="csrf"]').content };
  let answer;
  try {
    answer = await reach(path, { method: "POST", headers, body: JSON.stringify(message) }, signal);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    toast(say("offline"), true);
    return null;
  }
  const { response, text } = answer;
  if (response.ok) return text;
  if (response.status === 401) logIn();
  else if (response.status === 403 && again && (await renewed())) return post(path, message, signal, false);
  else toast(say(response.status === 403 ? "stale" : "offline"), true);
  return null;
}

// Another page of the desk, as a document; null where it cannot be had.
export async function get(address) {
  try {
    const { response, text } = await reach(address, { headers: { Accept: "text/html" } });
    if (response.redirected && new URL(response.url).pathname === "/login") {
      logIn();
      return null;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    if (response.ok) return page;
    toast($("main p", page)?.textContent ?? say("offline"), true);
  } catch {
    toast(say("offline"), true);
  }
  return null;
}

// Somebody has logged out and in again beside this page: its token is of before.
async function renewed() {
  const token = $('meta[name="csrf"]', (await get(location.href)) ?? document.createElement("p"))?.content;
  if (!token) return false;
  $('meta[name="csrf"]').content = token;
  return true;
}

// The session has ended. What is typed waits in this tab until somebody has logged in again.
function logIn() {
  const draft = {
    account: document.body.dataset.account, question: $("#q").value, note: $("#main [data-note]")?.value ?? "",
  };
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing.
  }
  location.assign(`/login?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
}

// What was typed when the session ended; once, and for nobody else.
export function draft() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT));
    sessionStorage.removeItem(DRAFT);
    return kept?.account === document.body.dataset.account ? kept : {};
  } catch {
    return {};
  }
}

export function fragment(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text; // made by our own server, which escapes
  return holder.content;
}
