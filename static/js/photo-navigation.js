// Opens the newer or older photo with the arrow keys or a swipe, and preloads both.

const LINKS = { ArrowLeft: 'a[rel="prev"]', ArrowRight: 'a[rel="next"]' };
const MIN_SWIPE = 60; // CSS pixels
const EDGE = 24; // CSS pixels at the edges of the screen, where the system's own gestures start

const viewer = document.querySelector(".photo-viewer");

const followLink = (key) => document.querySelector(LINKS[key] ?? null)?.click();

document.addEventListener("keydown", (event) => {
  const hasModifier = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (event.defaultPrevented || hasModifier) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  followLink(event.key);
});

// A swipe is one finger that moves more sideways than vertically. On a zoomed page it pans instead.

let touchStart = null;

viewer.addEventListener("touchstart", ({ touches }) => {
  const [{ clientX, clientY }] = touches;
  const isZoomed = visualViewport.scale >= 1.01;
  const isAtEdge = clientX <= EDGE || clientX >= innerWidth - EDGE;
  touchStart = touches.length === 1 && !isZoomed && !isAtEdge ? { clientX, clientY } : null;
}, { passive: true });

viewer.addEventListener("touchend", ({ changedTouches: [touchEnd] }) => {
  if (!touchStart) return;
  const deltaX = touchEnd.clientX - touchStart.clientX;
  const deltaY = touchEnd.clientY - touchStart.clientY;
  touchStart = null;
  const isSwipe = Math.abs(deltaX) > MIN_SWIPE && Math.abs(deltaX) > 2 * Math.abs(deltaY);
  if (isSwipe) followLink(deltaX > 0 ? "ArrowLeft" : "ArrowRight");
});

viewer.addEventListener("touchcancel", () => {
  touchStart = null;
});

// Speculation rules prefetch the neighbors' pages (neighbors.speculationrules). Their images load
// after this one, unless the visitor saves data.

function preloadImage(link) {
  const { sizes, srcset } = link.dataset;
  Object.assign(new Image(), { fetchPriority: "low", sizes, srcset });
}

function preloadNeighbors() {
  if (navigator.connection?.saveData) return;
  document.querySelectorAll(".neighbors [data-srcset]").forEach(preloadImage);
}

if (document.readyState === "complete") preloadNeighbors();
else window.addEventListener("load", preloadNeighbors, { once: true });
