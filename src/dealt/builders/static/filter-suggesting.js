// @ts-check
/** Values offered while one is typed: those used lately in this browser, then those that stand most often in the records. */
import { ask } from "web/ask.js";

/** @typedef {import("./filter-tree.js").Field} Field */

const MOST_RECENT = 5;
const WAIT_MS = 150;
const LIST = "filter-suggestions";
// What names a person is not left behind in a browser.
const NAMING = /name|mail|phone|custom_id|key|_ip|url|address/;
let timer = 0;
let asked = new AbortController();

/** Whether values can be offered for a field. @param {Field | undefined} field */
export const suggests = (field) => Boolean(field?.subject) && ["text", "number"].includes(field?.kind ?? "");

export const list = LIST;

/** @param {Field} field */
const place = (field) => `dealt.values.${field.subject}.${field.name}`;

/** @param {Field} field @returns {string[]} */
function recent(field) {
  try { return JSON.parse(localStorage.getItem(place(field)) ?? "[]"); } catch { return []; }
}

/** Keep a value that was asked for. @param {Field | undefined} field @param {any} value */
export function remember(field, value) {
  const text = String(value ?? "").trim();
  if (!field || !suggests(field) || !text || text.length > 100 || NAMING.test(field.name)) return;
  const found = [text, ...recent(field).filter((one) => one !== text)].slice(0, MOST_RECENT);
  try { localStorage.setItem(place(field), JSON.stringify(found)); } catch { /* a full or forbidden store keeps nothing */ }
}

/** Offer what fits what is typed so far. @param {Event} event @param {Field | undefined} field */
export function suggest(event, field) {
  if (!field || !suggests(field)) return;
  const text = /** @type {HTMLInputElement} */ (event.target).value.trim();
  offer(field, text, []);
  clearTimeout(timer);
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  timer = window.setTimeout(async () => {
    const query = new URLSearchParams({ subject: field.subject ?? "", field: field.name, q: text });
    try {
      const told = await ask(`/filters/values/?${query}`, undefined, { quiet: true, signal });
      if (!signal.aborted) offer(field, text, told.values);
    } catch { /* without suggestions one types on */ }
  }, WAIT_MS);
}

/** @param {Field} field @param {string} text @param {[string, string][]} found */
function offer(field, text, found) {
  const fits = recent(field).filter((one) => one.toLowerCase().includes(text.toLowerCase()));
  const all = [...fits.map((one) => [one, "used lately"]), ...found.filter(([one]) => !fits.includes(one))];
  const options = document.getElementById(LIST) ?? document.body.appendChild(Object.assign(document.createElement("datalist"), { id: LIST }));
  options.replaceChildren(...all.map(([value, label]) => Object.assign(document.createElement("option"), { value, label })));
}
