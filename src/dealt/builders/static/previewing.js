// @ts-check
/** The preview of a form: asked for a moment after each change, shown below it, with errors at their fields. */
import { ask } from "web/ask.js";

const WAIT_MS = 250;

const followed = new WeakSet();

/** Shows what the form's filter finds, from now on. @param {HTMLFormElement} form */
export function follow(form) {
  const live = /** @type {HTMLElement | null} */ (form.querySelector("[data-live]"));
  const path = form.dataset.previews ?? form.dataset.looks;
  if (!live || !path || followed.has(form)) return;
  followed.add(form);
  let timer = 0;
  let asked = new AbortController();
  const soon = () => {
    live.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = window.setTimeout(look, WAIT_MS);
  };
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const mine = asked;
    if (filters(form).some((one) => one.lacking)) return say(live, "Complete the condition to see the outcome.");
    try {
      const found = await ask(path, Object.fromEntries(new FormData(form)), { quiet: true, signal: mine.signal });
      if (mine.signal.aborted) return;
      show(form, {});
      live.innerHTML = found.html;
    } catch (error) {
      if (mine.signal.aborted) return;
      const errors = /** @type {any} */ (error).body?.errors ?? {};
      say(live, show(form, errors) || (Object.keys(errors).length ? "This cannot be asked yet; see above." : /** @type {Error} */ (error).message));
    }
    live.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", (event) => {
    const open = filters(form).find((one) => one.lacking);
    if (!open) return;
    event.preventDefault();
    open.complain();
  });
  form.addEventListener("input", (event) => { if (!/** @type {Element} */ (event.target).closest("filter-builder")) soon(); });
  form.addEventListener("filter-change", soon);
  form.addEventListener("preview", soon);
  customElements.whenDefined("filter-builder").then(soon);
}

/** @param {HTMLFormElement} form @returns {any[]} */
const filters = (form) => [...form.querySelectorAll("filter-builder")];

/** Errors at their places; the sentences of those that have none. @param {HTMLFormElement} form @param {Record<string, string[]>} errors */
function show(form, errors) {
  const left = { ...errors };
  for (const one of filters(form)) {
    const own = Object.entries(errors).filter(([place]) => place === one.name || place.startsWith(`${one.name}.`));
    one.errors = Object.fromEntries(own);
    for (const [place] of own) delete left[place];
  }
  return Object.values(left).flat().join(" ");
}

/** @param {HTMLElement} live @param {string} text */
function say(live, text) {
  const line = document.createElement("p");
  line.className = "quiet";
  line.textContent = text;
  live.replaceChildren(line);
  live.removeAttribute("aria-busy");
}

for (const form of document.querySelectorAll("form[data-previews]")) follow(/** @type {HTMLFormElement} */ (form));
for (const select of document.querySelectorAll("form[data-previews] select[name='subject']")) {
  select.addEventListener("change", () => {
    for (const one of filters(/** @type {HTMLFormElement} */ (select.closest("form")))) {
      one.subject = /** @type {HTMLSelectElement} */ (select).value;
    }
  });
}
