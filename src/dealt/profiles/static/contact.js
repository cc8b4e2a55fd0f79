// @ts-check
/** What explains a number opens when it has come. */
import { openDialog } from "web/controls.js";

document.addEventListener("htmx:afterSwap", (event) => {
  if (/** @type {Element} */ (event.target).id === "why") openDialog("why-dialog");
});
