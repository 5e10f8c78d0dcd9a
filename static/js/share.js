// Copies the photo's address and snippets, and opens the system's own share sheet where there is one.

const section = document.querySelector(".share");
const status = section.querySelector("[data-copied]");

// Only where a page is trusted (HTTPS or this machine) may it write to the clipboard; elsewhere the text can be selected.
for (const button of section.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  status.textContent = "";
  status.textContent = status.dataset.copied;
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 2000);
}

const share = section.querySelector("[data-share]");
share.hidden = !navigator.share;
share.addEventListener("click", () => {
  // Who closes the sheet again has not met an error.
  navigator.share({ title: share.dataset.title, url: share.dataset.share }).catch(() => {});
});

// A click into a snippet selects all of it.
for (const text of section.querySelectorAll("textarea")) text.addEventListener("focus", () => text.select());
