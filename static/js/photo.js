// On a photo's page the neighbours are an arrow key or a swipe away, and are there when they are wanted.

const LINKS = { ArrowLeft: 'a[rel="prev"]', ArrowRight: 'a[rel="next"]' };
const FAR = 60; // CSS pixels: a swipe, not a tap
const EDGE = 24; // there the system's own gestures begin

const stage = document.querySelector(".stage");

const follow = (key) => document.querySelector(LINKS[key] ?? null)?.click();

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  follow(event.key);
});

// One finger, more sideways than up or down, on a page that is not magnified: there it moves the page.

let from = null;

stage.addEventListener("touchstart", ({ touches }) => {
  const [{ clientX, clientY }] = touches;
  const free = touches.length === 1 && visualViewport.scale < 1.01 && clientX > EDGE && clientX < innerWidth - EDGE;
  from = free ? { clientX, clientY } : null;
}, { passive: true });

stage.addEventListener("touchend", ({ changedTouches: [end] }) => {
  if (!from) return;
  const [right, down] = [end.clientX - from.clientX, end.clientY - from.clientY];
  from = null;
  if (Math.abs(right) > FAR && Math.abs(right) > 2 * Math.abs(down)) follow(right > 0 ? "ArrowLeft" : "ArrowRight");
});

stage.addEventListener("touchcancel", () => {
  from = null;
});

// The neighbours' pages are prefetched by the head; their photos once this one is there and nobody saves data.

function warm(link) {
  const { sizes, srcset } = link.dataset;
  Object.assign(new Image(), { fetchPriority: "low", sizes, srcset });
}

function warmAll() {
  if (navigator.connection?.saveData) return;
  document.querySelectorAll(".neighbors [data-srcset]").forEach(warm);
}

if (document.readyState === "complete") warmAll();
else window.addEventListener("load", warmAll, { once: true });
