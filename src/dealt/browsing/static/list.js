// @ts-check
/** Rows that are selected, by click, by x and in ranges, and what is then done with all of them. */
import { announce } from "web/toasts.js";
import { goThrough } from "./whole.js";

/** @type {HTMLInputElement | null} */
let last = null;
/** Whether all that the list finds are meant, and not the page's rows alone. */
let whole = false;

/** @param {string} selector @returns {HTMLInputElement[]} */
const inputs = (selector) => [...document.querySelectorAll(selector)].filter((one) => one instanceof HTMLInputElement);
const boxes = () => inputs("[data-select]");
const selected = () => boxes().filter((box) => box.checked);
const bar = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bar"));

function tell() {
  const form = bar();
  if (!form) return;
  const number = selected().length;
  form.hidden = number === 0;
  whole = whole && number === boxes().length;
  const count = form.querySelector("[data-count]");
  if (count) count.textContent = whole ? `${form.dataset.told}, all of this list` : `${number} selected`;
  const offer = /** @type {HTMLElement | null} */ (form.querySelector("[data-whole]"));
  if (offer) {
    offer.hidden = whole || !form.dataset.total || number < boxes().length;
    offer.textContent = `Select ${form.dataset.told?.replace("About", "about")}`;
  }
  for (const all of inputs("[data-all]")) {
    all.checked = number > 0 && number === boxes().length;
    all.indeterminate = number > 0 && number < boxes().length;
  }
  announce(number ? `${number} selected` : "None selected");
}

/** @param {string} act @param {string} value */
function send(act, value) {
  const form = bar();
  const ids = selected().map((box) => box.value);
  if (!form || !ids.length) return;
  if (whole) { goThrough(form, act, value); return; }
  /** @param {string} name @param {string} text */
  const put = (name, text) => { /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = text; };
  put("ids", ids.join(","));
  put("act", act);
  put("value", value);
  form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target instanceof HTMLInputElement && target.matches("[data-select]")) {
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) box.checked = target.checked;
    }
    last = target;
    tell();
  } else if (target instanceof HTMLInputElement && target.matches("[data-all]")) {
    for (const box of boxes()) box.checked = target.checked;
    tell();
  } else if (target.closest("[data-whole]")) {
    whole = true;
    tell();
    bar()?.querySelector("strong")?.scrollIntoView({ block: "nearest" });
  } else if (target.closest("[data-none]")) {
    whole = false;
    for (const box of boxes()) box.checked = false;
    tell();
  }
  const doer = /** @type {HTMLElement | null} */ (target.closest("[data-do]"));
  if (doer) send(doer.dataset.do ?? "", "yes");
  const item = target.closest(".browse-columns li");
  if (item && target.closest("[data-up]")) item.previousElementSibling?.before(item);
  if (item && target.closest("[data-down]")) item.nextElementSibling?.after(item);
  if (item && target instanceof HTMLElement && target.closest("[data-up], [data-down]")) target.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const found = /** @type {Element} */ (event.target);
  if (found.id === "found") announce(found.querySelector(".pager span, .empty h2, [role=alert]")?.textContent ?? "");
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target instanceof HTMLSelectElement && target.dataset.act && target.value) send(target.dataset.act, target.value);
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.dataset.typed) return;
  event.preventDefault();
  const typed = /** @type {HTMLInputElement} */ (form.elements.namedItem("typed"));
  form.closest("dialog")?.close();
  send(form.dataset.typed, typed.value);
}, true);
