// Searching in the articles, while somebody types.
import { $, fragment, post } from "./page.js";

const PAUSE = 120;
let timer = 0;
let stop = null;

export function searched(field) {
  clearTimeout(timer);
  timer = setTimeout(() => search(field), PAUSE);
}

export async function search(field) {
  clearTimeout(timer);
  stop?.abort();
  stop = new AbortController();
  const { signal } = stop;
  const text = field.value.trim();
  try {
    const found = text ? await post("/parts/law", { text }, signal) : "";
    if (signal.aborted || found === null || !field.isConnected) return;
    $("[data-law-found]").replaceChildren(fragment(found));
    $("[data-law-cited]").hidden = text !== "";
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}
