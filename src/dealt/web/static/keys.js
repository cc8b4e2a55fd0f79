// @ts-check
/** The keyboard: ? for help, / to search, g and a letter to go somewhere, j k x e and Enter in lists. */
import { openDialog } from "./controls.js";
import { places } from "./places.js";

/** @type {Record<string, () => void>} */
const own = {};
let before = "";

/** Let a key act on this page; a module of a page calls it. @param {string} key @param {() => void} act */
export function onKey(key, act) {
  own[key] = act;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), select, textarea"));
}

/** @param {KeyboardEvent} event */
function heard(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openDialog("palette");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.composedPath()[0]) || document.querySelector("dialog[open]")) return;
  const pair = before === "g" ? `g ${event.key}` : "";
  before = event.key;
  const place = pair && places().find((one) => one.keys === pair);
  if (place) {
    location.assign(place.path);
  } else if (act(event.key)) {
    event.preventDefault();
  }
}

/** @param {string} key @returns {boolean} whether the key meant something */
function act(key) {
  if (own[key]) { own[key](); return true; }
  if (key === "?") { openDialog("keys"); return true; }
  if (key === "/") { return focus(document.querySelector("[data-search]")) || (openDialog("palette"), true); }
  if (click(document.querySelector(`[data-key="${CSS.escape(key)}"]`))) return true;
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  return key === "x" && click(row()?.querySelector("input[type=checkbox]"));
}

/** @param {Element | null | undefined} found */
function focus(found) {
  if (!(found instanceof HTMLElement)) return false;
  found.focus();
  if (found instanceof HTMLInputElement) found.select();
  return true;
}

/** @param {Element | null | undefined} found */
function click(found) {
  if (!(found instanceof HTMLElement)) return false;
  found.click();
  return true;
}

const rows = () => [...document.querySelectorAll("[data-row]:not([hidden])")];
const row = () => document.activeElement?.closest("[data-row]");

/** Go up or down among whatever has data-row: to its link. @param {number} by */
function move(by) {
  const all = rows();
  const at = all.indexOf(/** @type {Element} */ (row()));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  return focus(next?.matches("a, [tabindex]") ? next : next?.querySelector("a, [tabindex], button"));
}

/** The help tells of what this page has: its rows, its buttons with keys, and what a module says in data-page-keys. */
function help() {
  for (const line of document.querySelectorAll("[data-needs]")) {
    /** @type {HTMLElement} */ (line).hidden = !document.querySelector(/** @type {HTMLElement} */ (line).dataset.needs ?? "*");
  }
  const lines = [...document.querySelectorAll("[data-key]")].flatMap((one) => {
    const [name, key, kbd] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
    name.textContent = one.getAttribute("aria-label") ?? one.textContent;
    kbd.textContent = /** @type {HTMLElement} */ (one).dataset.key ?? "";
    key.append(kbd);
    return [name, key];
  });
  const more = [...document.querySelectorAll("[data-page-keys] > *")].map((one) => one.cloneNode(true));
  document.getElementById("page-keys")?.replaceChildren(...lines, ...more);
}

document.getElementById("keys")?.addEventListener("opened", help);
document.addEventListener("keydown", heard);
