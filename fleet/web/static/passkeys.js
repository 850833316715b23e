// Passkeys (W3C Web Authentication): making one for an account, signing in with one, and confirming by one
// who sits there. Where the browser cannot do that
// the buttons stay hidden, and a code does it. What the service says is shown as it says it.

const CAN =
  "PublicKeyCredential" in window &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** A sentence for the person: of the service, or of this page. */
class Refused extends Error {}

/** Posts JSON and returns the answer's. */
async function post(path, body, token = "") {
  const headers = { "Content-Type": "application/json", ...(token ? { "X-CSRF-Token": token } : {}) };
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Refused("The fleet service does not answer; try again in a moment.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.detail ?? "The fleet service refused this; reload the page and try again.");
  return said;
}

/** Runs one of the two, with the button off meanwhile, and shows what went wrong. */
function onSubmit(form, run) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const fault = form.querySelector("[data-passkey-fault]");
    fault.hidden = true;
    button.disabled = true;
    try {
      await run(form);
    } catch (error) {
      fault.textContent = error instanceof Refused ? error.message : words(error);
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

/** What the browser's own refusals mean. */
function words(error) {
  if (error.name === "InvalidStateError") return "This device holds a passkey of this account already.";
  if (error.name === "NotAllowedError") return "No passkey was used: it was cancelled, or took too long.";
  return "The browser could not use a passkey here.";
}

async function add(form) {
  const token = form.elements.csrf_token.value;
  const options = await post("/account/second/passkeys/question", { password: form.elements.password.value }, token);
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  const name = form.elements.name.value;
  const { codes } = await post("/account/second/passkeys", { name, answer: made.toJSON() }, token);
  if (codes.length === 0) {
    location.assign("/account/second?said=passkey");
    return;
  }
  const shown = document.querySelector("[data-codes]");
  shown.querySelector("ol").replaceChildren(...codes.map(item));
  shown.hidden = false;
  form.closest("details").open = false;
  form.reset();
  shown.scrollIntoView();
  shown.querySelector("a").focus();
}

function item(code) {
  const line = document.createElement("li");
  const text = document.createElement("code");
  text.className = "secret";
  text.textContent = code;
  line.append(text);
  return line;
}

async function signIn(form) {
  const options = await post("/sign-in/passkey/question", {});
  const shown = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const { next } = await post("/sign-in/passkey", { answer: shown.toJSON(), next: form.dataset.next });
  location.assign(next);
}

async function confirm(form) {
  const token = form.elements.csrf_token.value;
  const options = await post("/account/confirm/passkey/question", {}, token);
  const shown = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  await post("/account/confirm/passkey", { answer: shown.toJSON() }, token);
  document.querySelector("[data-confirmed-form]").submit(); // as it is: the password that it asks for is not needed now
}

if (CAN) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false;
  for (const form of document.querySelectorAll("[data-passkey-add]")) onSubmit(form, add);
  for (const form of document.querySelectorAll("[data-passkey-confirm]")) {
    form.hidden = false;
    onSubmit(form, confirm);
  }
  for (const form of document.querySelectorAll("[data-passkey-sign-in]")) {
    form.hidden = false;
    onSubmit(form, signIn);
  }
}
