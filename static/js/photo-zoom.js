// Loads a larger image for full screen, and zooms it by a double tap. It scrolls then. A pinch
// zooms the whole page, which browsers do themselves.

const ZOOM = 3;
const DOUBLE_TAP = 300; // milliseconds

const viewer = document.querySelector(".photo-viewer");
const isFullScreen = () => location.hash === "#full";

let zoom = 1;
let lastTap = 0;

// Zooms around a point of the window.
function setZoom(newZoom, x, y) {
  const left = ((viewer.scrollLeft + x) * newZoom) / zoom - x;
  const top = ((viewer.scrollTop + y) * newZoom) / zoom - y;
  zoom = newZoom;
  viewer.style.setProperty("--zoom", zoom);
  viewer.scrollTo(left, top);
}

function loadLargest() {
  for (const image of viewer.querySelectorAll(":scope > picture [sizes]")) image.sizes = "99999px";
}

viewer.addEventListener("click", ({ target, timeStamp, clientX, clientY }) => {
  if (!isFullScreen() || target.closest("a")) return;
  const isDouble = timeStamp - lastTap < DOUBLE_TAP;
  lastTap = isDouble ? 0 : timeStamp;
  if (!isDouble) return;
  setZoom(zoom === 1 ? ZOOM : 1, clientX, clientY);
  loadLargest();
});

visualViewport.addEventListener("resize", () => {
  if (visualViewport.scale > 1) loadLargest();
});

function update() {
  const template = viewer.querySelector("template");
  if (isFullScreen()) template?.replaceWith(template.content);
  setZoom(1, 0, 0);
}

addEventListener("hashchange", update);
update();
