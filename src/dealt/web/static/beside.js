// @ts-check
/**
 * From record to record in the order of the list or the column that one came from: a list remembers its rows when one of
 * them is opened, and [data-beside] on a record's page leads to the rows before and behind, and back.
 */
const PLACE = "beside";

/** @param {MouseEvent} event */
function remember(event) {
  const link = /** @type {Element} */ (event.target).closest?.("a[href]");
  const row = link?.closest("[data-row]");
  const list = row?.closest("tbody, ol, ul");
  if (!link || !row || !list) return;
  const paths = [...list.querySelectorAll("[data-row]:not([hidden])")].map((one) => one.querySelector("a[href]"))
    .map((one) => (one instanceof HTMLAnchorElement ? one.pathname : ""));
  if (!paths.includes(/** @type {HTMLAnchorElement} */ (link).pathname)) return;
  const title = [document.querySelector("h1")?.textContent, row.closest("section[data-stage]")?.getAttribute("aria-label")];
  const kept = { paths, from: location.pathname + location.search, title: title.filter(Boolean).join(", ") };
  try { sessionStorage.setItem(PLACE, JSON.stringify(kept)); } catch { /* a full or forbidden store keeps nothing */ }
}

/** @returns {{paths: string[], from: string, title: string} | null} */
function kept() {
  try { return JSON.parse(sessionStorage.getItem(PLACE) ?? "null"); } catch { return null; }
}

/** @param {string} text @param {string} path @param {string} [key] */
function link(text, path, key) {
  const made = document.createElement("a");
  made.href = path;
  made.textContent = text;
  made.className = key ? "button plain" : "small quiet";
  if (key) made.dataset.key = key;
  return made;
}

function show() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-beside]"));
  const list = place && kept();
  const at = list ? list.paths.indexOf(location.pathname) : -1;
  if (!place || !list || at < 0) return;
  const [before, behind] = [list.paths[at - 1], list.paths[at + 1]];
  place.replaceChildren(
    link(`${at + 1} of ${list.paths.length} in ${list.title}`, list.from),
    ...(before ? [link("Previous", before, "k")] : []),
    ...(behind ? [link("Next", behind, "j")] : []),
  );
  place.hidden = false;
}

document.addEventListener("click", remember, true);
document.addEventListener("swapped", show);
show();
