// Opens the newer or older photo with the arrow keys or a swipe, and loads its image ahead.

const LINKS = {
  ArrowLeft: '[rel="prev"]',
  ArrowRight: '[rel="next"]',
  Escape: ".full-close",
  i: ".full-info",
  " ": ".full-slideshow",
};
const MIN_SWIPE = 60; // CSS pixels
const MIN_SWIPE_START = 15; // CSS pixels
const EDGE = 24; // CSS pixels at the edges of the screen, where the system's own gestures start

const viewer = document.querySelector(".photo-viewer");
const openLink = viewer.querySelector(".open-full");
const isFullScreen = () => location.hash === "#full";
const scrolls = () => viewer.scrollWidth > viewer.clientWidth;

function findLink(key) {
  const place = isFullScreen() ? ".full-controls" : ".neighbors";
  return document.querySelector(`${place} ${LINKS[key]}`);
}

document.addEventListener("keydown", (event) => {
  const hasModifier = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (event.defaultPrevented || hasModifier) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (/^Arrow/.test(event.key) && isFullScreen() && scrolls()) return;
  findLink(event.key)?.click();
  if (event.key !== "f" || !isFullScreen()) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.body.requestFullscreen?.();
});

// Closing goes back in the history, and the focus returns to the link that opened full screen.

let wasOpenedHere = false;

openLink.addEventListener("click", () => {
  wasOpenedHere = true;
});

viewer.querySelector(".full-close").addEventListener("click", (event) => {
  if (!wasOpenedHere) return;
  event.preventDefault();
  history.back();
});

addEventListener("hashchange", () => {
  if (!location.hash) openLink.focus();
});

// A swipe is one finger that moves mostly sideways. A photo that scrolls pans instead.

let touchStart = null;

viewer.addEventListener("touchstart", ({ touches }) => {
  const [{ clientX, clientY }] = touches;
  const isZoomed = visualViewport.scale >= 1.01;
  const isAtEdge = clientX <= EDGE || clientX >= innerWidth - EDGE;
  const pans = isZoomed || isAtEdge || scrolls();
  touchStart = touches.length === 1 && !pans ? { clientX, clientY } : null;
}, { passive: true });

// Returns the link that a swipe to this touch opens.
function findSwipeLink({ clientX, clientY }, minSwipe) {
  const deltaX = clientX - touchStart.clientX;
  const deltaY = clientY - touchStart.clientY;
  const isSwipe = Math.abs(deltaX) > minSwipe && Math.abs(deltaX) > 2 * Math.abs(deltaY);
  return isSwipe ? findLink(deltaX > 0 ? "ArrowLeft" : "ArrowRight") : null;
}

viewer.addEventListener("touchmove", ({ touches: [touch] }) => {
  if (touchStart) preloadImage(findSwipeLink(touch, MIN_SWIPE_START));
}, { passive: true });

viewer.addEventListener("touchend", ({ changedTouches: [touch] }) => {
  if (!touchStart) return;
  const link = findSwipeLink(touch, MIN_SWIPE);
  touchStart = null;
  link?.click();
});

viewer.addEventListener("touchcancel", () => {
  touchStart = null;
});

// The image of a neighbor loads when its link is hovered, touched or focused, or a swipe to it
// begins, unless the visitor saves data or has a slow connection. Chromium loads its page too
// (neighbors.speculationrules).

function preloadImage(link) {
  const { saveData, effectiveType = "" } = navigator.connection ?? {};
  if (!link?.dataset.srcset || saveData || effectiveType.endsWith("2g")) return;
  const { sizes: imageSizes, srcset: imageSrcset, type = "" } = link.dataset;
  delete link.dataset.srcset;
  const preload = document.createElement("link"); // skipped if the browser does not support `type`
  document.head.append(
    Object.assign(preload, { rel: "preload", as: "image", type, imageSizes, imageSrcset }),
  );
}

for (const link of document.querySelectorAll(".neighbors [data-srcset]")) {
  for (const type of ["pointerenter", "focus"]) {
    link.addEventListener(type, () => preloadImage(link));
  }
}
