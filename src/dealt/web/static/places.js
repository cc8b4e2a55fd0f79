// @ts-check
/** @typedef {{name: string, path: string, what: string, keys?: string, act?: () => void}} Place */

/** The places that the member may enter, as the page brought them. @returns {Place[]} */
export function places() {
  return JSON.parse(document.getElementById("places")?.textContent || "[]");
}
