// Animates a photo between the gallery and its own page in browsers with cross-document view
// transitions. The stylesheet turns the animation off for visitors who prefer reduced motion.

const TRANSITION_NAME = "photo"; // of the photo on its own page, in components.css

let namedImage = null;

function nameImageOf(url) {
  if (namedImage) namedImage.style.viewTransitionName = "";
  const photoId = new URL(url).pathname.split("/").at(-1);
  namedImage = document.getElementById(photoId)?.querySelector("img");
  if (namedImage) namedImage.style.viewTransitionName = TRANSITION_NAME;
}

window.addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (viewTransition && activation?.entry?.url) nameImageOf(activation.entry.url);
});
window.addEventListener("pagereveal", ({ viewTransition }) => {
  const fromUrl = window.navigation?.activation?.from?.url;
  if (viewTransition && fromUrl) nameImageOf(fromUrl);
});
