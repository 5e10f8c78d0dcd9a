// Makes the next page of a listing follow the one before without a break: its photos are added as they come near.
// The address, and the place that Back returns to, are those of the page being looked at. The link stays a link.

import { element } from "./element.js";
import { text } from "./texts.js";

const ALONE = 4; // pages in a row that come unasked, so that what follows the photos can be reached
const SETTLED = 150; // milliseconds without scrolling

const gallery = document.querySelector(".gallery");
const older = document.querySelector('.pager [rel="next"]');
const live = element("p", { className: "unseen", role: "status" });

const pages = [{ url: location.href, first: gallery?.firstElementChild }];
let unasked = 0;
let coming = null; // the next page, while it is under way

const near = new IntersectionObserver(([{ isIntersecting }]) => {
  if (isIntersecting && unasked < ALONE) more().then(() => (unasked += 1), leave);
}, { rootMargin: "100%" });

// Adds the next page; gives its first photo, or null where it had none.
function more() {
  coming ??= load().finally(() => (coming = null));
  return coming;
}

async function load() {
  gallery.ariaBusy = "true";
  try {
    const url = older.href;
    const answer = await fetch(url);
    if (answer.status !== 200 || answer.redirected) throw new Error(answer.status);
    return add(new DOMParser().parseFromString(await answer.text(), "text/html"), url);
  } finally {
    gallery.ariaBusy = null;
  }
}

function add(page, url) {
  const photos = [...page.querySelectorAll(".gallery > li")];
  gallery.append(...photos);
  if (photos.length) pages.push({ url, first: photos[0] });
  live.textContent = text("more", { count: photos.length });
  const next = page.querySelector('.pager [rel="next"]');
  if (next) lookAgain(next.href);
  else end(photos[0]);
  return photos[0] ?? null;
}

function lookAgain(url) {
  older.href = url;
  near.unobserve(older);
  near.observe(older); // it says at once whether the link is still near
}

// A keyboard that was on the link goes on at the photos that it led to.
function end(first) {
  near.disconnect();
  live.textContent += ` ${text("end")}`;
  if (document.activeElement === older) first?.querySelector("a").focus();
  older.remove();
}

// What went wrong may be mended by following the link as one does without a script.
function leave() {
  near.disconnect();
  older.removeEventListener("click", ask);
}

// Whoever follows the link stays where they are, and so does the keyboard: at the first of the new photos.
async function ask(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const first = await more();
    unasked = 0;
    first?.querySelector("a").focus();
  } catch {
    leave();
    location.assign(older.href);
  }
}

// The address and the place

function remember() {
  const seen = [...gallery.children].find((item) => item.getBoundingClientRect().bottom > 0);
  if (!seen || pages.length === 1) return;
  const page = pages.findLast(({ first }) => !(seen.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING));
  history.scrollRestoration = "manual"; // heights above differ when the page is loaded anew
  history.replaceState({ photo: seen.querySelector("a").pathname, top: seen.getBoundingClientRect().top }, "", page.url);
}

function recall() {
  if (!history.state?.photo) return;
  const item = gallery.querySelector(`a[href="${history.state.photo}"]`)?.closest("li");
  if (item) scrollBy({ top: item.getBoundingClientRect().top - history.state.top, behavior: "instant" });
}

if (gallery && older) {
  gallery.after(live);
  near.observe(older);
  older.addEventListener("click", ask);
  let settling;
  addEventListener("scroll", () => {
    clearTimeout(settling);
    settling = setTimeout(remember, SETTLED);
  }, { passive: true });
}
if (gallery) recall();
