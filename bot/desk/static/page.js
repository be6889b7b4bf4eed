// What every part needs: the page's sentences, the server, short messages.

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

// The answer's text; null where there is none, which has been said then. A request that was given up for a newer one throws.
export async function post(path, message, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": $('meta[name="csrf"]').content },
      body: JSON.stringify(message),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    toast(say("offline"), true);
    return null;
  }
  if (response.ok) return response.text();
  if (response.status === 401) location.reload();
  else toast(say(response.status === 403 ? "stale" : "offline"), true);
  return null;
}

// Another page of the desk, as a document; null where it cannot be had.
export async function get(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (response.redirected && new URL(response.url).pathname === "/login") {
      location.reload();
      return null;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok) return page;
    toast($("main p", page)?.textContent ?? say("offline"), true);
  } catch {
    toast(say("offline"), true);
  }
  return null;
}

export function fragment(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text; // made by our own server, which escapes
  return holder.content;
}
