// @ts-check
/** What every page has: toasts, dialogs, menus, copying, keys and the palette. */
import "./toasts.js";
import "./controls.js";
import "./keys.js";
import "./palette.js";
import "./returning.js";
import "./beside.js";
import "./refused.js";
