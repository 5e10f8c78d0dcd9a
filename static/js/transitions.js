// A photo grows out of its place in the gallery and goes back into it, where the browser can show one page becoming
// another. The stylesheet says whether it may move at all.

const NAME = "photo"; // of the photo on its own page, in components.css

let lent = null;

function lend(url) {
  if (lent) lent.style.viewTransitionName = "";
  lent = document.querySelector(`.gallery a[href="${new URL(url).pathname}"] img`);
  if (lent) lent.style.viewTransitionName = NAME;
}

window.addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (viewTransition && activation?.entry?.url) lend(activation.entry.url);
});
window.addEventListener("pagereveal", ({ viewTransition }) => {
  const from = window.navigation?.activation?.from?.url;
  if (viewTransition && from) lend(from);
});
