// @ts-check
/** Sends a file in parts of a megabyte and goes on to its page. */
import { ask } from "web/ask.js";
import { toast } from "web/toasts.js";

const PART = 1_000_000;
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-upload]"));
const bar = form?.querySelector("progress");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const file = /** @type {File} */ (new FormData(form).get("file"));
  const fields = new FormData(form);
  button?.setAttribute("aria-busy", "true");
  try {
    const made = await ask(form.getAttribute("action") ?? "", {
      kind: fields.get("kind"), file_name: file.name, silent: fields.get("silent") ?? "", like: fields.get("like") ?? "",
    });
    form.querySelector(".sending")?.removeAttribute("hidden");
    await send(file, made.path);
    location.assign(made.path);
  } catch {
    button?.removeAttribute("aria-busy");
    form.querySelector(".sending")?.setAttribute("hidden", "");
  }
});

/** @param {File} file @param {string} path */
async function send(file, path) {
  const parts = Math.max(1, Math.ceil(file.size / PART));
  for (let part = 1; part <= parts; part += 1) {
    const content = file.slice((part - 1) * PART, part * PART);
    const answer = await fetch(`${path}parts/${part}/`, {
      method: "POST", body: content, headers: { Accept: "application/json", "Content-Type": "application/octet-stream" },
    });
    if (!answer.ok) {
      toast("The file could not be sent. Nothing was imported; try again.", { bad: true });
      throw new Error("refused");
    }
    if (bar) bar.value = part / parts;
  }
}
