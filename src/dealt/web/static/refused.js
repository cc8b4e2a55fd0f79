// @ts-check
/** A form in a dialog that was refused is open again, with what was typed in it and what is wrong beside each field. */
import { openDialog } from "./controls.js";

/** @typedef {{path: string, fields: Record<string, unknown>, errors: Record<string, string[]>}} Refused */

const told = document.getElementById("refused");
if (told) show(JSON.parse(told.textContent ?? "{}"));

/** @param {Refused} refused */
function show({ path, fields, errors }) {
  const form = [...document.querySelectorAll("dialog form")].find((one) =>
    one instanceof HTMLFormElement && new URL(one.getAttribute("action") ?? "", location.href).pathname === path && sent(one, fields));
  const dialog = form?.closest("dialog");
  // What the server opens by itself is filled in already.
  if (!dialog || dialog.hasAttribute("data-open-now") || !(form instanceof HTMLFormElement)) return;
  for (const control of form.elements) fill(control, fields);
  const placeless = Object.entries(errors).filter(([name, sentences]) => !mark(form, name, sentences));
  const note = document.querySelector("main .note.bad[role=alert]:not(dialog *)");
  if (note && (placeless.length || !Object.keys(errors).length)) form.before(note);
  else note?.remove();
  openDialog(dialog.id);
  const first = form.querySelector("[aria-invalid]");
  if (first instanceof HTMLElement) first.focus();
}

/** Whether it was this form: several may post to one address, told apart by what is hidden in them. @param {HTMLFormElement} form @param {Record<string, unknown>} fields */
function sent(form, fields) {
  return [...form.elements].every((one) => !(one instanceof HTMLInputElement) || one.type !== "hidden" || fields[one.name] === one.value);
}

/** @param {Element} control @param {Record<string, unknown>} fields */
function fill(control, fields) {
  if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
    control.checked = [fields[control.name]].flat().includes(control.value);
  } else if (control instanceof HTMLInputElement && ["hidden", "password", "file", "submit"].includes(control.type)) {
    return;
  } else if (control instanceof HTMLSelectElement && control.multiple) {
    for (const option of control.options) option.selected = [fields[control.name]].flat().includes(option.value);
  } else if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) {
    const value = fields[control.name];
    if (typeof value === "string") control.value = value;
  }
}

/** Whether the field has a place where that can be said. @param {HTMLFormElement} form @param {string} name @param {string[]} sentences */
function mark(form, name, sentences) {
  const control = form.elements.namedItem(name);
  const field = control instanceof HTMLElement && control.closest(".field");
  if (!(control instanceof HTMLElement) || !field) return false;
  control.setAttribute("aria-invalid", "true");
  if (field.querySelector(".wrong")) return true;
  const wrong = document.createElement("span");
  wrong.className = "wrong";
  wrong.id = `${control.id}-wrong`;
  wrong.textContent = sentences.join(" ");
  field.append(wrong);
  control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${wrong.id}`.trim());
  return true;
}

// On a page that was answered anew the first field that is wrong has the focus.
const wrong = document.querySelector("main [aria-invalid=true]:not(dialog *)");
if (wrong instanceof HTMLElement) wrong.focus();
