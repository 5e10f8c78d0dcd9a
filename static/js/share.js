// Copies links and embed codes, and opens the system's share dialog where there is one.

const section = document.querySelector(".share");
const status = section.querySelector("[data-copied]");

for (const field of section.querySelectorAll("[readonly]")) {
  // A proxy may have changed the address of the page, which the server then does not know.
  if (field.dataset.path) field.value = new URL(field.dataset.path, location.href).href;
  field.addEventListener("focus", () => field.select());
}

for (const button of section.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.focus();
  if (!(await copyText(field.value))) return; // the visitor can copy the selected text
  button.focus();
  status.textContent = "";
  status.textContent = status.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
}

// Browsers have navigator.clipboard over HTTPS and on localhost. Elsewhere they copy the selection.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

const shareButton = section.querySelector("[data-share]");
shareButton.hidden = !navigator.share;
shareButton.addEventListener("click", () => {
  const { share, shareTitle } = shareButton.dataset;
  navigator
    .share({ title: shareTitle, url: document.getElementById(share).value })
    .catch(() => {}); // rejects when the dialog is closed
});
