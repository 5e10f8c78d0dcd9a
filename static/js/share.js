// Copies the photo's link and embed codes, and opens the system's share dialog where there is one.

const section = document.querySelector(".share");
const status = section.querySelector("[data-copied]");

// Browsers offer the clipboard only over HTTPS and on localhost. Elsewhere visitors select the
// text.
for (const button of section.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  status.textContent = "";
  status.textContent = status.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
}

const shareButton = section.querySelector("[data-share-url]");
shareButton.hidden = !navigator.share;
shareButton.addEventListener("click", () => {
  const { shareTitle, shareUrl } = shareButton.dataset;
  navigator
    .share({ title: shareTitle, url: shareUrl })
    .catch(() => {}); // rejects when the dialog is closed
});

for (const textarea of section.querySelectorAll("textarea")) {
  textarea.addEventListener("focus", () => textarea.select());
}
