// @ts-check
// The page works without this: it adds the search, the copy buttons and the choice of a theme.

const THEME = "dealt-theme";
const root = document.documentElement;

/** @param {string | null} theme */
function show(theme) {
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

try {
  show(localStorage.getItem(THEME));
} catch {
  // Without storage, the system's theme is shown.
}

function prepareTheme() {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("theme"));
  const name = () => (button.textContent = isDark() ? "Light" : "Dark");
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    show(theme);
    name();
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      // It holds for this page only.
    }
  });
  name();
}

function prepareCopying() {
  for (const block of document.querySelectorAll("pre")) {
    const text = /** @type {HTMLElement} */ (block.firstElementChild);
    text.textContent = (text.textContent ?? "").replace("http://127.0.0.1:8000", location.origin);
    const around = document.createElement("div");
    around.className = "copied";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent ?? "");
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    block.replaceWith(around);
    around.append(block, button);
  }
}

function prepareFinding() {
  const input = /** @type {HTMLInputElement} */ (document.getElementById("find"));
  const contents = /** @type {HTMLDetailsElement} */ (document.getElementById("contents"));
  const nothing = /** @type {HTMLElement} */ (document.getElementById("nothing"));
  const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-words]"));
  const narrow = matchMedia("(max-width: 760px)");
  contents.open = !narrow.matches;

  const find = () => {
    const words = input.value.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
    const beginnings = words.map((word) => new RegExp(`(^|[^a-z0-9])${word}`));
    let any = false;
    for (const one of found) {
      const holds = beginnings.every((beginning) => beginning.test(one.dataset.words ?? ""));
      one.classList.toggle("gone", !holds);
      any ||= holds;
    }
    for (const chapter of document.querySelectorAll("main > section, nav details > ul > li")) {
      const inner = [...chapter.querySelectorAll("[data-words]")];
      const isEmpty = inner.length ? inner.every((one) => one.classList.contains("gone")) : words.length > 0;
      chapter.classList.toggle("gone", isEmpty);
    }
    nothing.hidden = any;
    if (words.length) scrollTo(0, 0);
    if (narrow.matches) contents.open = words.length > 0;
  };
  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const first = /** @type {HTMLAnchorElement | null} */ (document.querySelector("nav li li:not(.gone) a"));
      if (first && input.value) first.click();
    } else if (event.key === "Escape") {
      input.value = "";
      find();
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });
  contents.addEventListener("click", (event) => {
    if (narrow.matches && event.target instanceof HTMLAnchorElement) contents.open = false;
  });
  find();
}

addEventListener("DOMContentLoaded", () => {
  prepareTheme();
  prepareCopying();
  prepareFinding();
});
