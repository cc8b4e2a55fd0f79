// @ts-check
/** Whoever stays has its own values, unless others are chosen afterwards. */
const form = /** @type {HTMLFormElement} */ (document.querySelector("form.merging"));
form.addEventListener("change", (event) => {
  const { name, value } = /** @type {HTMLInputElement} */ (event.target);
  if (name !== "stays") return;
  for (const one of form.querySelectorAll(`input[name^="from."][value="${value}"]`)) /** @type {HTMLInputElement} */ (one).checked = true;
});
