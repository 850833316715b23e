// Passwords as they are typed: a button that shows one, and how long a new one is so far. Without this script both are
// missing, and everything else is as it is. Nothing that is typed goes anywhere before it is sent: whether a password is
// among those that are tried first, the service says then.

const LONGEST = 128; // of a new password, in characters
const FEW = 5; // as few different characters as this: it repeats itself
const LONG = 24; // beyond this the meter is full

/** Puts a button beside a field that shows what is typed. @param {HTMLInputElement} field */
function showable(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm show-password";
  button.setAttribute("aria-controls", field.id);
  /** @param {boolean} isShown */
  const turn = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", isShown ? "Hide what is typed" : "Show what is typed");
  };
  button.addEventListener("click", () => turn(field.type === "password"));
  field.form?.addEventListener("submit", () => turn(false)); // as a browser keeps passwords, and no text
  window.addEventListener("pagehide", () => turn(false));
  field.spellcheck = false; // some browsers send what they check elsewhere
  turn(false);
  field.after(button);
}

/** @param {string} typed @param {number} shortest @returns {string} */
function words(typed, shortest) {
  const letters = [...typed];
  if (letters.length > LONGEST) return `Too long: at most ${LONGEST} characters.`;
  if (letters.length < shortest) return `${letters.length} of at least ${shortest} characters.`;
  if (new Set(letters).size <= FEW) return "Long enough, but of very few different characters: easily guessed.";
  if (letters.length < LONG) return "Long enough. The longer, the harder to guess.";
  return "Long.";
}

/** Puts a meter under the field of a new password. @param {HTMLInputElement} field @param {number} shortest */
function measured(field, shortest) {
  const meter = document.createElement("meter");
  meter.className = "password-meter";
  [meter.min, meter.max, meter.low, meter.high, meter.optimum] = [0, LONG, shortest, LONG - 1, LONG];
  meter.setAttribute("aria-label", "How strong it is by its length");
  const said = document.createElement("p");
  said.className = "muted password-said";
  said.setAttribute("role", "status");
  const look = () => {
    const letters = [...field.value];
    const isWeak = letters.length > LONGEST || new Set(letters).size <= FEW;
    meter.value = isWeak ? Math.min(letters.length, shortest - 1) : letters.length;
    meter.hidden = letters.length === 0;
    said.textContent = letters.length === 0 ? "" : words(field.value, shortest);
  };
  field.addEventListener("input", look);
  look();
  (field.parentElement?.querySelector(".show-password") ?? field).after(meter, said);
}

for (const field of document.querySelectorAll('input[type="password"]')) {
  if (!(field instanceof HTMLInputElement)) continue;
  showable(field);
  if (field.autocomplete === "new-password" && field.minLength > 0) measured(field, field.minLength);
}
