// @ts-check
/**
 * What is known of a record is edited where it stands: [data-edit="id"] borrows the control of that id from the form of
 * the page, with its type, choices and name. Enter keeps, Escape does not.
 */
import { openDialog } from "web/controls.js";
import { post } from "./swapping.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const places = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-edit]"));

/** @param {HTMLElement} place @returns {Control | null} */
const controlOf = (place) => /** @type {Control | null} */ (document.getElementById(place.dataset.edit ?? ""));

function prepare() {
  for (const place of places()) {
    const control = controlOf(place);
    if (!control || place.querySelector(".edits")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "edits";
    button.textContent = "Edit";
    button.setAttribute("aria-label", `Edit ${labelOf(control)}`);
    button.addEventListener("click", () => open(place, control));
    place.append(button);
    if (place.closest("td, .sums")) place.addEventListener("click", (event) => { if (event.target !== button && !place.querySelector("#in-place")) open(place, control); });
  }
}

/** @param {Control} control */
const labelOf = (control) => control.labels?.[0]?.textContent?.trim() ?? "";

/** @param {HTMLElement} place @param {Control} lent */
function open(place, lent) {
  if (document.getElementById("in-place")) return;
  const dialog = lent.closest("dialog");
  // What is more than one control is edited in the form.
  if (dialog && lent.closest(".chips")) { openDialog(dialog.id); lent.focus(); return; }
  const stood = [...place.childNodes];
  const control = /** @type {Control} */ (lent.cloneNode(true));
  control.id = "in-place";
  control.classList.add("input");
  control.value = startOf(lent);
  control.setAttribute("aria-label", labelOf(lent));
  control.removeAttribute("aria-invalid");
  const wrong = document.createElement("span");
  wrong.className = "small negative";
  wrong.setAttribute("role", "alert");
  place.replaceChildren(control, wrong);
  const close = () => { place.replaceChildren(...stood); };
  let saving = false;
  const keep = async () => {
    if (saving) return;
    if (control.value === startOf(lent)) { close(); return; }
    saving = true;
    control.setAttribute("aria-busy", "true");
    const refused = await post(/** @type {HTMLFormElement} */ (lent.form).getAttribute("action") ?? "", { [lent.name]: control.value });
    saving = false;
    control.removeAttribute("aria-busy");
    if (!refused) { back(lent.id); return; }
    wrong.textContent = refused;
    control.focus();
  };
  control.addEventListener("keydown", (event) => {
    const { key, ctrlKey } = /** @type {KeyboardEvent} */ (event);
    if (key === "Escape") { close(); back(lent.id); }
    if (key === "Enter" && (ctrlKey || !(control instanceof HTMLTextAreaElement))) { event.preventDefault(); keep(); }
  });
  control.addEventListener("blur", keep);
  control.focus();
  if (control instanceof HTMLInputElement && ["text", "email", "tel", "url"].includes(control.type)) control.select();
}

/** The value that a control had when the page came. @param {Control} control */
function startOf(control) {
  if (!(control instanceof HTMLSelectElement)) return control.defaultValue;
  return ([...control.options].find((one) => one.defaultSelected) ?? control.options[0])?.value ?? "";
}

/** The focus returns to where it was. @param {string} id */
function back(id) {
  const place = document.querySelector(`[data-edit="${CSS.escape(id)}"]`);
  /** @type {HTMLElement | null} */ (place?.querySelector(".edits"))?.focus();
}

document.addEventListener("swapped", prepare);
prepare();
