// @ts-check
/** A deal that somebody else changes meanwhile: the page says so, and keeps what is being typed. */
import { listen } from "web/live.js";
import { announce } from "web/toasts.js";
import { swap } from "./swapping.js";

const script = /** @type {HTMLElement} */ (document.querySelector("script[data-deal]"));
const deal = Number(script.dataset.deal);
const opened = Date.now();

/** @returns {boolean} whether somebody is in the middle of something */
const isBusy = () =>
  Boolean(document.querySelector("dialog[open]")) || /** @type {HTMLElement} */ (document.activeElement)?.matches("input, textarea, select");

async function lookAnew() {
  if (isBusy()) {
    tell();
    return;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) { tell(); return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  swap(fresh);
  announce("The deal was changed elsewhere; this is how it is now.");
}

function tell() {
  if (document.querySelector(".stale")) return;
  const note = document.createElement("p");
  note.className = "note care stale line";
  note.setAttribute("role", "status");
  note.append("Somebody changed this deal meanwhile. ");
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Show it as it is now";
  note.append(again);
  document.querySelector("main")?.prepend(note);
}

listen(
  ["deal"],
  (changes) => { if (changes.some((change) => change.object === deal)) lookAnew(); },
  () => { if (Date.now() - opened > 2000) lookAnew(); },
);
