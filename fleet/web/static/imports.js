// The page of an import: sends its file as bytes, so that no copy of it waits on the service's disk in the clear, and
// writes the viewer's name over what is shown.

import { watermark } from "./player_watermark.js";

const MIB = 1_048_576;

for (const shown of document.querySelectorAll("[data-import-shown]")) {
  if (shown instanceof HTMLElement) watermark(shown);
}

/** @param {HTMLFormElement} form */
function prepare(form) {
  const fault = form.querySelector("[data-import-fault]");
  const words = form.querySelector("[data-import-words]");
  const button = form.querySelector("button");
  const input = form.querySelector("input[type=file]");
  if (!(fault instanceof HTMLElement && words && button && input instanceof HTMLInputElement)) return;

  /** @param {string} sentence */
  const refuse = (sentence) => {
    fault.textContent = sentence;
    fault.hidden = false;
    words.textContent = "";
    button.disabled = false;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = input.files?.[0];
    if (!file) return;
    const most = Number(form.dataset.most);
    if (file.size > most * MIB) {
      refuse(`This file is larger than the ${most} MiB that are allowed.`);
      return;
    }
    fault.hidden = true;
    button.disabled = true;
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open("PUT", form.dataset.importFile ?? "");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRF-Token", form.querySelector("[name=csrf_token]")?.getAttribute("value") ?? "");
    request.upload.onprogress = (sent) => {
      const share = sent.total ? Math.floor((100 * sent.loaded) / sent.total) : 0;
      words.textContent = share < 100 ? `Sent ${share} %.` : "Sent. Its contents are being looked at.";
    };
    request.onload = () => {
      if (request.status < 300) window.location.reload();
      else refuse(sentenceOf(request));
    };
    request.onerror = () => refuse("The connection was cut. Reload the page to see whether the file is here.");
    request.send(file);
  });
  button.disabled = false; // before that the browser by itself would reload the page, and send nothing
}

/** @param {XMLHttpRequest} request */
function sentenceOf(request) {
  try {
    return JSON.parse(request.responseText).detail || `The service answered ${request.status}.`;
  } catch {
    return `The service answered ${request.status}.`;
  }
}

const form = document.querySelector("form[data-import-file]");
if (form instanceof HTMLFormElement) prepare(form);
