// What somebody has typed into a form outlasts being signed out: kept in this tab, of this person alone, and put back when
// the same person has signed in again. Never passwords, never files, never what the page hid in the form,
// and nothing of a form that says it is secret (data-secret).
//
// A draft that was not interrupted is forgotten with the next page, and another person's with theirs.

const KEPT = "lapel-draft";
const NEVER = ["password", "hidden", "file", "submit", "button", "reset", "image"];
const who = document.body.dataset.who ?? "";

/**
 * @typedef {{name: string, index: number, value: string, checked: boolean}} Field
 * @typedef {{who: string, path: string, interrupted: boolean, forms: Record<string, Field[]>}} Draft
 */

/** @returns {Draft | null} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null; // storage is switched off in this browser, or holds something else
  }
}

/** @param {Draft | null} draft */
function keep(draft) {
  try {
    if (draft) sessionStorage.setItem(KEPT, JSON.stringify(draft));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Nowhere to keep it: typing goes on without.
  }
}

/** Forms that change something, by what they do and the place among those that do the same. */
function forms() {
  /** @type {Map<string, HTMLFormElement>} */
  const found = new Map();
  for (const form of document.forms) {
    if (form.method !== "post" || "secret" in form.dataset) continue;
    const action = new URL(form.action).pathname;
    let place = 0;
    while (found.has(`${action} ${place}`)) place += 1;
    found.set(`${action} ${place}`, form);
  }
  return found;
}

/** Whether it is for a password, also while that is shown. @param {HTMLInputElement} field */
function isPassword(field) {
  return field.autocomplete.includes("password");
}

/** @param {HTMLFormElement} form */
function fields(form) {
  return [...form.elements].filter(
    (each) =>
      (each instanceof HTMLInputElement && !NEVER.includes(each.type) && !isPassword(each)) ||
      each instanceof HTMLTextAreaElement ||
      each instanceof HTMLSelectElement,
  );
}

/** @param {HTMLFormElement} form @returns {Field[]} */
function typed(form) {
  return fields(form).map((each, index) => {
    const field = /** @type {HTMLInputElement} */ (each);
    return { name: field.name, index, value: field.value, checked: field.checked === true };
  });
}

/** @param {Event} event */
function note(event) {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  const entry = [...forms()].find(([, each]) => each === form);
  if (!form || !entry) return;
  const before = kept();
  const same = before?.who === who && before.path === location.pathname && !before.interrupted;
  const others = same ? before.forms : {};
  keep({ who, path: location.pathname, interrupted: false, forms: { ...others, [entry[0]]: typed(form) } });
}

/** Puts what was typed back, and says so. @param {HTMLFormElement} form @param {Field[]} values */
function restore(form, values) {
  const there = fields(form);
  let any = false;
  for (const { name, index, value, checked } of values) {
    const field = there[index];
    if (!field || /** @type {HTMLInputElement} */ (field).name !== name) continue;
    if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) {
      any ||= field.checked !== checked;
      field.checked = checked;
    } else {
      const text = /** @type {HTMLInputElement} */ (field);
      any ||= text.value !== value;
      text.value = value;
    }
  }
  if (!any) return;
  for (let fold = form.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) fold.open = true;
  const words = document.createElement("p");
  words.className = "muted draft-back";
  words.setAttribute("role", "status");
  words.textContent = "What you had typed is back. Look whether it is still needed, and send it.";
  form.before(words);
}

/** The page of somebody who is signed in has come: puts back what is theirs, and forgets the rest. */
function begin() {
  const draft = kept();
  if (!draft) return;
  if (draft.who !== who || !draft.interrupted) {
    keep(null);
    return;
  }
  if (draft.path !== location.pathname) return; // it is put back where it was typed
  keep(null);
  const there = forms();
  for (const [key, values] of Object.entries(draft.forms)) {
    const form = there.get(key);
    if (form) restore(form, values);
  }
}

/** Whether something is kept that was typed in this tab. */
export function hasDraft() {
  return kept() !== null;
}

/** Whoever types was signed out, or sent a form that was refused for that. */
function interrupted() {
  const draft = kept();
  if (draft) keep({ ...draft, interrupted: true });
}

if (who && document.body.dataset.refused === undefined) begin();
else interrupted();
if (who) {
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("lapel:signed-out", () => {
    // A field that is taken out of the page still says that it changed.
    document.removeEventListener("input", note);
    document.removeEventListener("change", note);
    interrupted();
  });
  // What was taken by the service needs no keeping.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    if (successful && requestConfig?.verb === "post") keep(null);
  });
}
