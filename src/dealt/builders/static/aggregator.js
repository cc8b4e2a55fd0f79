// @ts-check
/** The form of an aggregator: fields and dates follow its source and function; what does not apply is not shown. */
import { words } from "./filter-tree.js";

/** @param {HTMLFormElement} form */
function follow(form) {
  const select = (/** @type {string} */ name) => /** @type {HTMLSelectElement} */ (form.elements.namedItem(name));
  const known = /** @type {any} */ (words());
  const settle = () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const [name, value] = /** @type {HTMLElement} */ (part).dataset.when?.split("=") ?? [];
      /** @type {HTMLElement} */ (part).hidden = select(name)?.value !== value;
    }
    if (!known.functions) return;
    const source = select("source").value;
    const kinds = known.functions[select("function").value] ?? [];
    const fields = known.subjects[known.sources[source]].fields;
    fill(select("field"), fields.filter((/** @type {any} */ one) => kinds.includes(one.kind)), []);
    fill(select("by"), fields.filter((/** @type {any} */ one) => one.kind === "date" || one.kind === "moment"), [["", "The usual one"]]);
    /** @type {HTMLElement} */ (form.querySelector("[data-when-field]")).hidden = !kinds.length;
    const net = /** @type {HTMLElement} */ (form.querySelector("[data-when-net]"));
    net.hidden = !kinds.includes("number") || !["deals", "order_products"].includes(source);
    if (net.hidden) /** @type {HTMLInputElement} */ (form.elements.namedItem("net_of_returns")).checked = false;
    /** @type {any} */ (form.querySelector("filter-builder")).subject = known.sources[source];
  };
  form.addEventListener("change", (event) => {
    if (/** @type {Element} */ (event.target).closest("filter-builder")) return;
    settle();
    form.dispatchEvent(new CustomEvent("preview"));
  });
  customElements.whenDefined("filter-builder").then(settle);
}

/** Other options, the chosen one kept where it is among them. @param {HTMLSelectElement} select @param {any[]} fields @param {[string, string][]} first */
function fill(select, fields, first) {
  const before = select.value;
  const options = [...first, ...fields.map((one) => [one.name, one.label])];
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value, false, value === before)));
}

for (const form of document.querySelectorAll("form[data-aggregator]")) follow(/** @type {HTMLFormElement} */ (form));
