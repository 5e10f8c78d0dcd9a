// Appends the next page of photos when the link to it scrolls into view. The address is that of the
// page in view, so Back returns to it.

import { createElement } from "./create-element.js";
import { text } from "./texts.js";

const MAX_AUTOMATIC_PAGES = 4; // in a row, so that visitors can reach the footer
const MIN_PIXEL_SHARE = devicePixelRatio < 1.5 ? 0.875 : 0.8; // see image_sizes.py
const SCROLL_END_DELAY = 150; // milliseconds

const days = document.querySelector(".days");
const nextLink = document.querySelector('.pagination [rel="next"]');
const status = createElement("p", { className: "visually-hidden", role: "status" });

const pages = [{ url: location.href, firstItem: days?.querySelector("li") }];
let automaticPages = 0;
let pendingLoad = null;

const observer = new IntersectionObserver(([{ isIntersecting }]) => {
  if (isIntersecting && automaticPages < MAX_AUTOMATIC_PAGES) {
    loadNextPage().then(() => (automaticPages += 1), disable);
  }
}, { rootMargin: "100%" });

// Appends the next page. Resolves with its first item, or null if it has none.
function loadNextPage() {
  pendingLoad ??= fetchNextPage().finally(() => (pendingLoad = null));
  return pendingLoad;
}

async function fetchNextPage() {
  days.ariaBusy = "true";
  try {
    const url = nextLink.href;
    const response = await fetch(url);
    if (response.status !== 200 || response.redirected) throw new Error(response.status);
    return append(new DOMParser().parseFromString(await response.text(), "text/html"), url);
  } finally {
    days.ariaBusy = null;
  }
}

function append(page, url) {
  const sections = [...page.querySelectorAll(".days > section")];
  const items = sections.flatMap((section) => [...section.querySelectorAll("li")]);
  if (items.length) {
    if (dayOf(sections[0]) === dayOf(days.lastElementChild)) mergeDay(sections.shift());
    days.append(...sections);
    pages.push({ url, firstItem: items[0] });
  }
  status.textContent = text("more photos", { count: items.length });
  const followingLink = page.querySelector('.pagination [rel="next"]');
  if (followingLink) observeAgain(followingLink.href);
  else finish(items[0]);
  return items[0] ?? null;
}

// Returns the day of a section, or the name of the list that it continues. A section of several
// days, which are complete, has none.
function dayOf(section) {
  return section.dataset.list ?? section.querySelector("time")?.dateTime ?? section;
}

function mergeDay(section) {
  const list = days.lastElementChild.querySelector("ul");
  const lastItem = list.lastElementChild;
  list.append(...section.querySelectorAll("li"));
  setSizes([...list.children].filter((item) => item.offsetTop >= lastItem.offsetTop));
}

// The server computes `sizes` for a day that begins with the page. For this window, whose width is
// rounded, add the width of each new photo and of the row before.
function setSizes(items) {
  const widths = items.map(imageWidth);
  const condition = `(min-width:${innerWidth - 1}px) and (max-width:${innerWidth + 1}px)`;
  items.forEach((item, index) => {
    const percentage = (100 * MIN_PIXEL_SHARE * widths[index]) / innerWidth;
    for (const image of item.querySelectorAll("[sizes]")) {
      const sizes = image.sizes.replace(/^.*max-w[^,]*,/, "");
      image.sizes = `${condition}${percentage}vw,${sizes}`;
    }
  });
}

// The width of a photo without its mat.
function imageWidth(item) {
  const { attributes } = item.querySelector("img");
  const ratio = attributes.width.value / attributes.height.value;
  return Math.min(item.offsetWidth, item.offsetHeight * ratio);
}

function observeAgain(url) {
  nextLink.href = url;
  observer.unobserve(nextLink);
  observer.observe(nextLink); // reports at once whether the link is still in view
}

// Removes the link after the last page. Its focus moves to the first new photo.
function finish(firstItem) {
  observer.disconnect();
  status.textContent += ` ${text("end of list")}`;
  if (document.activeElement === nextLink) firstItem?.querySelector("a").focus();
  nextLink.remove();
}

// After an error the link works as it does without this script.
function disable() {
  observer.disconnect();
  nextLink.removeEventListener("click", onLinkClick);
}

// A click loads the next page in place and moves the focus to its first photo.
async function onLinkClick(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const firstItem = await loadNextPage();
    automaticPages = 0;
    firstItem?.querySelector("a").focus();
  } catch {
    disable();
    location.assign(nextLink.href);
  }
}

function saveScrollPosition() {
  const isInView = (item) => item.getBoundingClientRect().bottom > 0;
  const itemInView = [...days.querySelectorAll("li")].find(isInView);
  if (!itemInView || pages.length === 1) return;
  const isAfter = (item) =>
    itemInView.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
  const page = pages.findLast(({ firstItem }) => !isAfter(firstItem));
  const state = {
    photo: itemInView.id,
    top: itemInView.getBoundingClientRect().top,
  };
  history.scrollRestoration = "manual"; // after a reload the pages above are missing
  history.replaceState(state, "", page.url);
}

function restoreScrollPosition() {
  const item = document.getElementById(history.state?.photo);
  if (!item) return;
  const top = item.getBoundingClientRect().top - history.state.top;
  scrollBy({ top, behavior: "instant" });
}

if (days && nextLink) {
  days.after(status);
  observer.observe(nextLink);
  nextLink.addEventListener("click", onLinkClick);
  let scrollTimer;
  addEventListener("scroll", () => {
    clearTimeout(scrollTimer);
    scrollTimer = setTimeout(saveScrollPosition, SCROLL_END_DELAY);
  }, { passive: true });
}
if (days) restoreScrollPosition();
