// Takes the reference from behind the hash, where a QR code has it, and asks for it. It is taken out of the address
// at once, so that it stays in no history and in no tab that is opened again.

const form = document.querySelector("[data-reference]");
const code = location.hash.slice(1);
if (form && code) {
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code.slice(0, 100);
  form.submit();
}
