// @ts-check
/** Questions of modules to the server: JSON in, JSON out, and a toast with the server's sentence where it says no. */
import { toast } from "./toasts.js";

export class Refused extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(sentence(body));
    this.status = status;
    this.body = body;
  }
}

/** @param {any} body */
function sentence(body) {
  if (body?.errors) return Object.values(body.errors).flat().join(" ");
  return body?.detail ?? "The server did not answer. Nothing was changed; try again.";
}

/**
 * Ask and get the answer; throws Refused where the server says no, after it was said in a toast.
 * @param {string} path
 * @param {any} [body] posts it as JSON; without it the question only reads
 * @param {{quiet?: boolean, signal?: AbortSignal}} [options]
 */
export async function ask(path, body, options = {}) {
  const request = {
    method: body === undefined ? "GET" : "POST",
    headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: options.signal,
  };
  let refused;
  try {
    const answer = await fetch(path, request);
    const text = await answer.text();
    const told = text ? JSON.parse(text) : null;
    if (answer.ok) return told;
    refused = new Refused(answer.status, told);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") throw error;
    refused = new Refused(0, null);
  }
  if (!options.quiet) toast(refused.message, { bad: true });
  throw refused;
}
