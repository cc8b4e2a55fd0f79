// @ts-check
/**
 * An attribute with several choices, as chips: an input named in a form, [data-chips], keeps the choices as a JSON list,
 * and beside it stands a field that suggests those that are left. Enter or a comma adds, Backspace takes the last away.
 */
import { announce } from "web/toasts.js";

/** @param {HTMLInputElement} kept */
function dress(kept) {
  if (kept.hidden) return;
  const choices = /** @type {string[]} */ (JSON.parse(kept.dataset.chips ?? "[]"));
  let chosen = listOf(kept.value, choices);
  // In its own words, so that a form that sends what was changed sees no change.
  kept.defaultValue = kept.value = JSON.stringify(chosen);
  kept.hidden = true;
  const id = kept.id;
  kept.id = `${id}-kept`;
  const box = element("span", "chips");
  const worn = element("span", "worn");
  const field = /** @type {HTMLInputElement} */ (element("input"));
  field.id = id;
  field.autocomplete = "off";
  for (const name of ["aria-describedby", "aria-invalid"]) {
    const value = kept.getAttribute(name);
    if (value) field.setAttribute(name, value);
  }
  const rest = element("datalist");
  rest.id = `${id}-rest`;
  field.setAttribute("list", rest.id);
  const wrong = element("span", "wrong");
  wrong.setAttribute("role", "alert");
  box.append(worn, field, rest);
  kept.after(box, wrong);

  const left = () => choices.filter((choice) => !chosen.includes(choice));
  const show = () => {
    kept.value = JSON.stringify(chosen);
    worn.replaceChildren(...chosen.map((choice) => {
      const chip = /** @type {HTMLButtonElement} */ (element("button", "tag"));
      chip.type = "button";
      chip.textContent = `${choice} ×`;
      chip.setAttribute("aria-label", `Remove ${choice}`);
      chip.addEventListener("click", () => { remove(choice); field.focus(); });
      return chip;
    }));
    rest.replaceChildren(...left().map((choice) => {
      const option = /** @type {HTMLOptionElement} */ (element("option"));
      option.value = choice;
      return option;
    }));
    field.placeholder = left().length ? "Add one" : "";
  };
  /** @param {string} choice */
  const remove = (choice) => {
    chosen = chosen.filter((one) => one !== choice);
    announce(`${choice} removed`);
    show();
  };
  /** Whether what is typed was added, or nothing was typed. @param {boolean} said */
  const add = (said) => {
    const typed = field.value.trim().replace(/,$/, "").trim();
    wrong.textContent = "";
    if (!typed) { field.value = ""; return true; }
    const choice = left().find((one) => one.toLowerCase() === typed.toLowerCase());
    if (!choice) {
      if (said) wrong.textContent = choices.includes(typed) ? `${typed} is there already.` : `${typed} is none of: ${choices.join(", ")}.`;
      return false;
    }
    chosen = [...chosen, choice];
    field.value = "";
    announce(`${choice} added`);
    show();
    return true;
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || (event.key === "," && !left().some((one) => one.toLowerCase().startsWith(`${field.value.trim().toLowerCase()},`)))) {
      // Without anything typed, Enter sends the form.
      if (event.key === "Enter" && !field.value.trim()) return;
      event.preventDefault();
      add(true);
    }
    if (event.key === "Backspace" && !field.value && chosen.length) { event.preventDefault(); remove(chosen[chosen.length - 1]); }
  });
  // One that was picked from the suggestions comes whole.
  field.addEventListener("input", (event) => {
    wrong.textContent = "";
    if (!(event instanceof InputEvent) || event.inputType === "insertReplacementText") add(false);
  });
  field.addEventListener("change", () => add(true));
  box.addEventListener("click", (event) => { if (event.target === box || event.target === worn) field.focus(); });
  show();
}

/** What stands in the input: a JSON list, or texts with commas between them. @param {string} text @param {string[]} choices */
function listOf(text, choices) {
  const found = text.trim().startsWith("[") ? JSON.parse(text) : text.split(",").map((one) => one.trim());
  return [...new Set(found)].filter((one) => typeof one === "string" && (choices.includes(one) || one));
}

/** @param {string} name @param {string} [kind] @returns {HTMLElement} */
function element(name, kind) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  return made;
}

/** Where a JSON text is wrong is said while one is there. @param {HTMLTextAreaElement} area */
function check(area) {
  let said = "";
  try { if (area.value.trim()) JSON.parse(area.value); } catch (error) {
    const text = /** @type {Error} */ (error).message;
    const at = /position (\d+)/.exec(text);
    const before = at ? area.value.slice(0, Number(at[1])).split("\n") : area.value.split("\n");
    said = `Line ${before.length}, column ${before[before.length - 1].length + 1}: this is not JSON.`;
  }
  area.setCustomValidity(said);
  const place = document.getElementById(`${area.id}-json`);
  if (place) place.textContent = said;
}

function dressAll() {
  for (const one of document.querySelectorAll("input[data-chips]")) dress(/** @type {HTMLInputElement} */ (one));
}

// Also for what an edit in place lends, and for what comes later.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLTextAreaElement && "json" in event.target.dataset) check(event.target);
});
document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLTextAreaElement && event.target.validationMessage) check(event.target);
});
document.addEventListener("swapped", dressAll);
dressAll();
