// Fades to the next photo after a while. Without scripts, a meta element opens it.

const RETRY = 5000; // milliseconds
const KEYS = {
  ArrowLeft: '[rel="prev"]',
  ArrowRight: '[rel="next"]',
  Escape: ".full-close",
  " ": ".full-info",
};

const slideshow = document.querySelector(".slideshow");
const canFade = document.startViewTransition && !matchMedia("(prefers-reduced-motion)").matches;
const findLink = (key) => slideshow.querySelector(KEYS[key] ?? null);

let timer;

function schedule(delay = 1000 * slideshow.dataset.seconds) {
  clearTimeout(timer);
  if (delay) timer = setTimeout(() => show(findLink("ArrowRight").href), delay);
}

async function show(url) {
  try {
    const response = await fetch(url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const picture = document.adoptNode(page.querySelector(".slideshow picture"));
    await picture.querySelector("img").decode();
    const replace = () => slideshow.querySelector("picture").replaceWith(picture);
    if (canFade) document.startViewTransition(replace);
    else replace();
    const links = page.querySelectorAll(".slideshow a");
    slideshow.querySelectorAll("a").forEach((link, index) => {
      link.setAttribute("href", links[index].getAttribute("href"));
    });
    history.replaceState(null, "", response.url);
    schedule();
  } catch {
    schedule(RETRY);
  }
}

addEventListener("keydown", (event) => {
  if (!event.altKey && !event.ctrlKey && !event.metaKey) findLink(event.key)?.click();
});

// Browsers release the wake lock when the page is hidden.
const keepAwake = () => navigator.wakeLock?.request("screen").catch(() => {});

if (slideshow?.dataset.seconds) {
  addEventListener("visibilitychange", keepAwake);
  keepAwake();
  schedule();
}
