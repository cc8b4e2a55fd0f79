// @ts-check
/** Doing something to all that a list finds, a hundred at a time, with how far it is, a way to stop and a way back. */
import { ask } from "web/ask.js";
import { announce, toast } from "web/toasts.js";

const MOST = 100_000;

/** @param {HTMLFormElement} form @param {string} act @param {string} value */
export async function goThrough(form, act, value) {
  const path = form.action.replace(/do\/$/, "steps/");
  const steps = /** @type {HTMLElement} */ (form.querySelector("[data-steps]"));
  const bar = /** @type {HTMLProgressElement} */ (steps.querySelector("progress"));
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
  let stopped = false;
  let done = 0;
  const undo = /** @type {any[]} */ ([]);
  steps.querySelector("[data-stop]")?.addEventListener("click", () => { stopped = true; }, { once: true });
  steps.hidden = false;
  bar.max = Math.max(Number(form.dataset.total), 1);
  const leaving = (/** @type {Event} */ event) => event.preventDefault();
  addEventListener("beforeunload", leaving);
  try {
    for (let cursor = ""; !stopped && done < MOST;) {
      const told = await ask(path, { query: form.dataset.query, cursor, act, value });
      done += told.seen;
      if (told.undo) undo.push(told.undo);
      bar.value = done;
      count.textContent = `${done.toLocaleString("en")} done. Stay on this page.`;
      cursor = told.next;
      if (!cursor) break;
    }
  } catch { stopped = true; /* said in a toast */ } finally { removeEventListener("beforeunload", leaving); }
  await anew();
  const said = `${done.toLocaleString("en")} ${stopped ? "were done, then it stopped." : "are done."}`;
  toast(said, undo.length ? { undo: () => back(path, undo) } : {});
}

/** @param {string} path @param {any[]} undo */
async function back(path, undo) {
  announce("Taking it back");
  for (const fields of undo.reverse()) await ask(path, fields);
  await anew();
  toast("It is taken back.");
}

/** The rows as they are now. */
async function anew() {
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("found");
  if (answer.ok && fresh) document.getElementById("found")?.replaceWith(document.adoptNode(fresh));
}
