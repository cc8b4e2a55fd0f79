// @ts-check
/** The lines of a new deal: more and fewer of them, products that are searched for, and what they add up to. */
import { ask } from "web/ask.js";
import { announce } from "web/toasts.js";

const WAIT_MS = 150;
const form = /** @type {HTMLFormElement} */ (document.querySelector("form.making"));
const known = /** @type {HTMLElement} */ (document.getElementById("known-products"));
const total = /** @type {HTMLElement} */ (form.querySelector("[data-total]"));
/** @type {Map<string, {name: string, price: string}>} */
const products = new Map();
const lines = () => /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-line]")]);
let waiting = 0;

/** @param {HTMLElement} line @param {string} name @returns {HTMLInputElement} */
const input = (line, name) => /** @type {HTMLInputElement} */ (line.querySelector(`[name$=".${name}"]`));

function more() {
  const all = lines();
  const made = /** @type {HTMLElement} */ (all[0].cloneNode(true));
  const number = Math.max(...all.map((line) => Number(input(line, "name").name.split(".")[1]))) + 1;
  for (const one of made.querySelectorAll("input")) {
    one.name = one.name.replace(/\.\d+\./, `.${number}.`);
    one.value = "";
  }
  all[all.length - 1].after(made);
  input(made, "product_custom_id").focus();
}

/** @param {HTMLElement} line */
function drop(line) {
  if (lines().length > 1) line.remove();
  else for (const one of line.querySelectorAll("input")) one.value = "";
  announce("The line is removed");
  sum();
}

function sum() {
  const each = lines().map((line) => Number(input(line, "quantity").value || 1) * Number(input(line, "value").value || 0));
  const whole = each.reduce((all, one) => all + one, 0);
  total.textContent = whole ? `Together ${whole.toFixed(2)}` : "";
}

/** @param {string} text */
async function find(text) {
  const found = await ask(`/deals/products/?q=${encodeURIComponent(text)}`, undefined, { quiet: true }).catch(() => null);
  if (!found) return;
  known.replaceChildren(...found.products.map(option));
}

/** @param {{custom_id: string, name: string, price: string, currency: string | null}} product */
function option(product) {
  products.set(product.custom_id, product);
  const made = document.createElement("option");
  made.value = product.custom_id;
  made.label = !product.price ? product.name : `${product.name}, ${product.price} ${product.currency ?? ""}`;
  return made;
}

form.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-more]")) more();
  const line = target.closest("[data-drop]") && target.closest("[data-line]");
  if (line) drop(/** @type {HTMLElement} */ (line));
});
form.addEventListener("input", (event) => {
  const typed = /** @type {HTMLInputElement} */ (event.target);
  const line = /** @type {HTMLElement | null} */ (typed.closest("[data-line]"));
  if (!line) return;
  if ("product" in typed.dataset) {
    const chosen = products.get(typed.value);
    if (chosen) {
      if (!input(line, "value").value) input(line, "value").value = chosen.price;
      if (!input(line, "quantity").value) input(line, "quantity").value = "1";
      input(line, "name").placeholder = chosen.name;
    } else if (typed.value.trim().length > 1) {
      clearTimeout(waiting);
      waiting = window.setTimeout(() => find(typed.value.trim()), WAIT_MS);
    }
  }
  sum();
});
sum();
