// Searching in the articles, while somebody types.
import { $, fragment, post } from "./page.js";

const PAUSE = 120;
let timer = 0;
let stop = null;
let asked = {}; // the field and the text whose articles stand there, or are on their way
let under = Promise.resolve();

export function searched(field) {
  clearTimeout(timer);
  timer = setTimeout(() => search(field), PAUSE);
}

// Comes back when what is found for the words in the field stands there.
export function looked() {
  const field = $("#law-q");
  return asked.field === field && asked.text === field.value.trim() ? under : search(field);
}

export function search(field) {
  clearTimeout(timer);
  stop?.abort();
  stop = new AbortController();
  asked = { field, text: field.value.trim() };
  under = look(field, asked.text, stop.signal);
  return under;
}

async function look(field, text, signal) {
  try {
    const found = text ? await post("/parts/law", { text }, signal) : "";
    if (found === null) asked = {}; // to be asked again
    if (signal.aborted || found === null || !field.isConnected) return;
    $("[data-law-found]").replaceChildren(fragment(found));
    $("[data-law-cited]").hidden = text !== "";
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}
