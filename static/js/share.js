// Copies links and embed codes, and opens the system's share dialog where there is one. Links are
// resolved against the address of the page: a proxy may have changed the address that the server
// knows.

const section = document.querySelector(".share");
const status = section.querySelector("[data-copied]");

// Browsers offer the clipboard only over HTTPS and on localhost. Elsewhere visitors select the
// text.
for (const button of section.querySelectorAll("[data-copy], [data-copy-path]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button));
}

const resolve = (path) => new URL(path, location.href).href;

async function copy(button) {
  const { copy, copyPath } = button.dataset;
  await navigator.clipboard.writeText(copy ?? resolve(copyPath));
  status.textContent = "";
  status.textContent = status.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
}

const shareButton = section.querySelector("[data-share-path]");
shareButton.hidden = !navigator.share;
shareButton.addEventListener("click", () => {
  const { shareTitle, sharePath } = shareButton.dataset;
  navigator
    .share({ title: shareTitle, url: resolve(sharePath) })
    .catch(() => {}); // rejects when the dialog is closed
});

for (const textarea of section.querySelectorAll("textarea")) {
  textarea.addEventListener("focus", () => textarea.select());
}

for (const link of section.querySelectorAll("a[data-show-address]")) link.textContent = link.href;
