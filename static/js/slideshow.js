// Fades to the next photo after a while. Without scripts, a meta element opens it. A wall also asks
// which photos are new, and shows its last ones again while the site does not answer.

const RETRY = 5000; // milliseconds, doubled after each failure
const MAX_RETRY = 60000;
const HINT = 30000;
const KEPT = 30; // slides of a wall
const KEYS = {
  ArrowLeft: '[rel="prev"]',
  ArrowRight: '[rel="next"]',
  Escape: ".full-close",
  " ": ".full-info",
};

const slideshow = document.querySelector(".slideshow");
let newPhotos = slideshow?.dataset.new; // the address that names them
const canFade = document.startViewTransition && !matchMedia("(prefers-reduced-motion)").matches;
const findLink = (key) => slideshow.querySelector(KEYS[key] ?? null);
const slideOf = (page) => page.querySelector(".slideshow :is(.slide, picture)");

const kept = newPhotos ? [slideOf(document)] : [];
const added = []; // paths of new photos, the first one first
let known; // ids of photos that are not new
let failures = 0;
let retryAt = 0;
let timer;

function schedule(delay = 1000 * slideshow.dataset.seconds) {
  clearTimeout(timer);
  if (delay) timer = setTimeout(showNext, delay);
}

async function showNext() {
  if (Date.now() >= retryAt) {
    try {
      await findNewPhotos();
      await show(added[0] ?? findLink("ArrowRight").href, added.length > 0);
      added.shift();
      failures = 0;
      return schedule();
    } catch {
      retryAt = Date.now() + Math.min(RETRY * 2 ** failures++, MAX_RETRY);
    }
  }
  if (kept.length < 2) return schedule(RETRY);
  const slide = kept.shift();
  kept.push(slide);
  replaceSlide(slide);
  schedule();
}

async function findNewPhotos() {
  if (!newPhotos) return;
  const { photos, next } = await (await load(newPhotos)).json();
  newPhotos = next;
  const isNew = ({ photo_id: id }) => known && !known.has(id);
  added.push(...photos.filter(isNew).map((photo) => photo.path).reverse());
  known ??= new Set();
  for (const { photo_id: id } of photos) known.add(id);
}

async function load(url, isNew) {
  const response = await fetch(url);
  if (response.ok) return response;
  if (isNew && response.status === 404) return; // hidden or deleted by now
  if (/40[134]|410/.test(response.status)) location.reload(); // no longer for the visitor
  throw new Error();
}

// The links of a new photo lead on from it, but the slideshow goes on from where it was.
async function show(url, isNew) {
  const response = await load(url, isNew);
  if (!response) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const slide = document.adoptNode(slideOf(page));
  await slide.querySelector("img")?.decode();
  replaceSlide(slide);
  if (newPhotos) keep(slide);
  updateLinks(page.querySelectorAll(".slideshow a"), isNew);
  if (!isNew) history.replaceState(null, "", response.url);
}

function replaceSlide(slide) {
  const replace = () => slideOf(document).replaceWith(slide);
  if (canFade) document.startViewTransition(replace);
  else replace();
}

function keep(slide) {
  kept.push(slide);
  if (kept.length > KEPT) kept.shift();
}

function updateLinks(links, isNew) {
  slideshow.querySelectorAll("a").forEach((link, index) => {
    if (isNew && link.rel) return;
    link.setAttribute("href", links[index].getAttribute("href"));
  });
}

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "f") document.documentElement.requestFullscreen?.();
  findLink(event.key)?.click();
});

// Browsers release the wake lock of a hidden page, and have none over plain HTTP.
async function keepAwake() {
  if (document.hidden) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    showHint(true);
    setTimeout(showHint, HINT);
  }
}

function showHint(isShown) {
  const hint = slideshow.querySelector(".wall-hint");
  if (hint) hint.hidden = !isShown;
}

if (slideshow?.dataset.seconds) {
  addEventListener("visibilitychange", keepAwake);
  keepAwake();
  schedule();
  findNewPhotos().catch(() => {}); // the next photo tries again
}
