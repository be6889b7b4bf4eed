// To the clipboard: what the open tab shows, as plain text, and where it came from.
import { $, $$, say, toast } from "./page.js";
import { answer, openTab } from "./answer.js";
import { looked } from "./law.js";

export async function copyShown() {
  await copy(await shownText(), "\n\n");
}

export async function copySms() {
  await copy(text("sms"), "\n");
}

export async function copyLink() {
  const place = $("[data-address]");
  if (place && (await write(location.origin + place.dataset.address))) toast(say("link_copied"));
}

async function shownText() {
  const tab = openTab();
  if ($("#law-q")?.value.trim() && (!answer() || tab === "law")) {
    await looked();
    return $$("[data-law-found] [data-plain]").map(plain).join("\n\n");
  }
  if (!answer()) return text("article");
  if (tab !== "materials") return text(tab);
  const papers = $$("[data-paper]");
  let number = 0;
  return text(tab).replace(/^☐/gm, () => (papers[number++]?.checked ? "☑" : "☐"));
}

const text = (name) => $(`template[data-text="${name}"]`)?.content.textContent ?? "";

const plain = (article) =>
  $$(".name, p", article)
    .map((part) => part.textContent.trim().replace(/\s+/g, " "))
    .join("\n");

async function copy(said, between) {
  if (!said) {
    toast(say("nothing_to_copy"), true);
    return;
  }
  const reference = $("template[data-reference]")?.content.textContent;
  const whole = reference && $('[data-do="reference"]')?.checked ? said + between + reference : said;
  if (await write(whole)) toast(say("copied", { count: [...whole].length }));
}

async function write(whole) {
  try {
    await navigator.clipboard.writeText(whole);
    return true;
  } catch {
    return writeTheOldWay(whole);
  }
}

// Where the page does not come by https and the browser keeps its clipboard to itself.
function writeTheOldWay(whole) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = whole;
  field.readOnly = true;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  if (!done) toast(say("copy_failed"), true);
  return done;
}
