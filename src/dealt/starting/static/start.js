// @ts-check
/** Shows what arrives the moment it does. */
import { listen } from "web/live.js";

const place = /** @type {HTMLElement} */ (document.getElementById("arrived"));
let asked = false;

async function look() {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch("/start/arrived/", { headers: { "HX-Request": "true" } });
    if (answer.ok) place.innerHTML = await answer.text();
  } finally {
    asked = false;
  }
}

listen(["contact", "deal"], look, look);
