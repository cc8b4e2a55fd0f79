// @ts-check
/** The palette: type, go with the arrows, Enter opens. Places at once, records as the server finds them. */
import { ask } from "./ask.js";
import { announce } from "./toasts.js";
import { places } from "./places.js";

const WAIT_MS = 120;
const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("palette"));
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
/** @type {import("./places.js").Place[]} */
let shown = [];
let chosen = 0;
/** @type {AbortController | undefined} */
let asking;
let waiting = 0;

/** @param {string} text */
function matching(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...places(), ...commands()].filter((place) => words.every((word) => `${place.name} ${place.what}`.toLowerCase().includes(word)));
}

/** What a button of this page does, wherever it stands: <button data-command="Sign out">. @returns {import("./places.js").Place[]} */
function commands() {
  return [...document.querySelectorAll("[data-command]")].map((button) => ({
    name: /** @type {HTMLElement} */ (button).dataset.command ?? "", path: "", what: "Do",
    act: () => /** @type {HTMLElement} */ (button).click(),
  }));
}

/** @param {import("./places.js").Place} place */
function go(place) {
  dialog?.close();
  if (place.act) place.act();
  else location.assign(place.path);
}

function typed() {
  const text = input?.value.trim() ?? "";
  show(matching(text), text);
  clearTimeout(waiting);
  asking?.abort();
  if (text.length > 1) waiting = window.setTimeout(() => find(text), WAIT_MS);
}

/** @param {string} text */
async function find(text) {
  asking = new AbortController();
  try {
    const found = await ask(`/palette/?q=${encodeURIComponent(text)}`, undefined, { quiet: true, signal: asking.signal });
    show([...matching(text), ...found.results], text);
  } catch { /* the places stay; what was typed since is asked for by itself */ }
}

/** @param {import("./places.js").Place[]} found @param {string} text */
function show(found, text) {
  shown = found;
  chosen = 0;
  list?.replaceChildren(...(found.length ? found.map(option) : [nothing(text)]));
  mark();
}

/** @param {import("./places.js").Place} place @param {number} at */
function option(place, at) {
  const made = document.createElement("div");
  made.id = `palette-${at}`;
  made.setAttribute("role", "option");
  const name = document.createElement("span");
  name.className = "cut";
  name.textContent = place.name;
  const what = document.createElement("span");
  what.className = "what";
  what.textContent = place.what;
  made.append(name, what);
  made.addEventListener("click", () => go(place));
  return made;
}

/** @param {string} text */
function nothing(text) {
  const made = document.createElement("div");
  made.className = "none";
  made.setAttribute("role", "option");
  made.setAttribute("aria-disabled", "true");
  made.textContent = `Nothing is called "${text}".`;
  return made;
}

function mark() {
  list?.querySelectorAll("[role=option]").forEach((one, at) => {
    one.setAttribute("aria-selected", String(at === chosen && shown.length > 0));
    if (at === chosen) one.scrollIntoView({ block: "nearest" });
  });
  input?.setAttribute("aria-activedescendant", shown.length ? `palette-${chosen}` : "");
}

dialog?.addEventListener("opened", () => { if (input) { input.value = ""; input.focus(); } typed(); });
input?.addEventListener("input", typed);
input?.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && shown.length) {
    event.preventDefault();
    chosen = (chosen + by + shown.length) % shown.length;
    mark();
  } else if (event.key === "Enter" && shown[chosen]) {
    event.preventDefault();
    announce(`Opening ${shown[chosen].name}`);
    go(shown[chosen]);
  }
});
