// @ts-check
/** The filter builder in the panel of a list or a board: fetched when it is first opened, and told in the address. */
import { ask } from "web/ask.js";
import { follow } from "./previewing.js";
import { learn } from "./filter-tree.js";

/** @type {Promise<unknown> | null} */
let ready = null;
/** What holds besides, where the filter is about to become a segment. */
let within = "";

/** The words of this server, then the element: it cannot be drawn without them. */
function readied() {
  ready ??= ask("/filters/words/").then((words) => { learn(words); return import("builders/filter-builder.js"); })
    .catch(() => { ready = null; });
  return ready;
}

const panel = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("filter-panel"));

async function opened() {
  const form = panel()?.querySelector("form");
  if (!form) return;
  await readied();
  follow(form);
  /** @type {HTMLElement | null} */ (form.querySelector("filter-builder .leaf select, filter-builder .adds button"))?.focus();
}

document.addEventListener("click", (event) => {
  if (/** @type {Element} */ (event.target).closest("[data-opens='filter-panel']")) opened();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.closest("#filter-panel")) return;
  within = /** @type {HTMLElement | null} */ (/** @type {SubmitEvent} */ (event).submitter)?.dataset.saves ?? "";
}, true);

document.addEventListener("formdata", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.closest("#filter-panel")) return;
  const { formData } = /** @type {FormDataEvent} */ (event);
  if (/^\{"(all|any)":\[\]\}$/.test(String(formData.get("filter")))) formData.delete("filter");
  if (within) formData.set("within", within);
});

if (panel()?.dataset.wrong !== undefined) { panel()?.showModal(); opened(); }
