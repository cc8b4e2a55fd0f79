// @ts-check
/** What was posted from within a page, and the page as it is afterwards, put in place of the old one without a reload. */
import { toast } from "web/toasts.js";

const PARTS = [".head", ".record"];

/** Put another state of the same page in place of this one. @param {Document} fresh */
export function swap(fresh) {
  for (const selector of PARTS) {
    const [here, there] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (here && there) replace(here, there);
  }
  for (const dialog of fresh.querySelectorAll("main dialog")) {
    const here = document.getElementById(dialog.id);
    if (here) replace(here, dialog);
  }
  document.dispatchEvent(new CustomEvent("swapped"));
}

/** What htmx brings later on is bound to the new elements, too. @param {Element} here @param {Element} there */
function replace(here, there) {
  const made = document.adoptNode(there);
  here.replaceWith(made);
  /** @type {any} */ (window).htmx?.process(made);
}

/**
 * Post fields as a form would and show the page that comes; what it says stands in a toast, with its undo.
 * @param {string} path
 * @param {Record<string, string>} fields
 * @returns {Promise<string>} the sentence by which the server refuses; empty where it does not
 */
export async function post(path, fields) {
  let fresh, refused;
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" } });
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    refused = !answer.ok;
  } catch {
    return "The server did not answer. Nothing was changed; try again.";
  }
  if (refused) {
    return fresh.querySelector(".note.bad, main p")?.textContent?.trim() || "This was not saved. Reload the page and try again.";
  }
  swap(fresh);
  show(fresh.querySelector("#toasts .toast"));
  return "";
}

/** @param {Element | null} said a toast as the server writes it, with a form that takes the change back */
function show(said) {
  if (!said) return;
  const form = /** @type {HTMLFormElement | null} */ (said.querySelector("form"));
  const back = form ? { path: form.getAttribute("action") ?? "", fields: Object.fromEntries(new FormData(form)) } : null;
  toast(said.querySelector("p")?.textContent ?? "", {
    undo: back ? () => undo(back.path, /** @type {Record<string, string>} */ (back.fields)) : null,
  });
}

/** @param {string} path @param {Record<string, string>} fields */
async function undo(path, fields) {
  const refused = await post(path, fields);
  if (refused) toast(refused, { bad: true });
}
