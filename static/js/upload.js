// Sends each file of the form by itself. Without this script the form sends all in one request.

import { beginBatch, readFiles } from "./chosen-files.js";
import { setUpDialog, showTile, Tile } from "./upload-tiles.js";
import { createElement } from "./create-element.js";
import { text } from "./texts.js";
import { announce, announceSummary, render, startTimer, totals } from "./upload-bar.js";
import { post, UploadQueue } from "./upload-queue.js";

const form = document.querySelector("form.upload");
const dropZone = form.querySelector(".drop-zone");
const [input, cameraInput] = dropZone.querySelectorAll("input");
const list = form.querySelector(".upload-tiles");
const folderNote = dropZone.nextElementSibling;
const { review, pause, cancel } = form.elements;
const resultLink = form.querySelector(".upload-bar a");

const queue = new UploadQueue({ send, onchange: update, onpause: showPause, onfinish: finish });
const { tiles } = queue;
const warnings = new Set(); // from the server's responses, about the whole upload
let nextPosition = 0; // in the order of choice
let formFields; // the form's values when the upload starts
let batch; // of all photos from this page, also of those that are sent again
let ticker;
let wakeLock = Promise.resolve();

const isPending = ({ state, remedy }) =>
  ["waiting", "uploading"].includes(state) || (state === "failed" && remedy);

// Choosing files

function createTile(file, position) {
  const tile = new Tile(file, position);
  tile.duplicate?.then((duplicate) => {
    if (!duplicate || tile.state !== "waiting") return;
    tile.skip(duplicate);
    queue.next();
  });
  return tile;
}

function addFiles(files, note = "") {
  const keyOf = ({ name, size, lastModified }) => [name, size, lastModified].join("/");
  for (const file of files) {
    if (tiles.some((tile) => keyOf(tile.file) === keyOf(file))) continue;
    const tile = createTile(file, nextPosition++);
    tiles.push(tile);
    list.append(tile.element);
  }
  list.hidden = !tiles.length;
  input.value = "";
  folderNote.textContent = note;
  folderNote.hidden = !note;
  queue.next();
  const count = queue.in("waiting").length;
  announce(count && text("photos chosen", { count }), note);
}

async function addTransferred(dataTransfer) {
  const { files, note } = await readFiles(dataTransfer);
  addFiles(files, note);
}

function chooseAgain(tile) {
  const replacementInput = createElement("input", { type: "file", accept: input.accept });
  replacementInput.onchange = () => {
    const newTile = createTile(replacementInput.files[0], tile.position);
    newTile.own = tile.own;
    tiles[tiles.indexOf(tile)] = newTile;
    tile.element.replaceWith(newTile.element);
    showTile(newTile, tiles);
    queue.next();
  };
  replacementInput.click();
}

function remove(tile) {
  const index = tiles.indexOf(tile);
  tiles.splice(index, 1);
  tile.element.remove();
  showTile(tiles[index] ?? tiles[index - 1], tiles);
  if (!tiles.length) input.focus();
  queue.next();
}

function addAnyway(tile) {
  tile.duplicate = null;
  tile.addsDuplicate = true;
  tile.wait();
  queue.next();
}

// Uploading

function retry(failedTiles) {
  for (const tile of failedTiles) {
    tile.attempts = 0;
    tile.wait();
  }
  start();
}

function start() {
  const invalid = queue.in("waiting").find((tile) => tile.hasInvalidText);
  if (invalid) return showTile(invalid, tiles);
  if (!queue.isActive) {
    formFields = new FormData(form);
    batch ??= beginBatch();
    startTimer(totals(tiles).sent);
    announce(text("uploading photos", { count: queue.in("waiting").length }));
  }
  queue.start();
  return keepAwake();
}

// Own tags are added to those for all photos, other own texts replace them.
async function send(tile, signal) {
  const data = new FormData();
  for (const [name, value] of formFields) {
    const own = tile.own[`own-${name}`] ?? "";
    data.set(name, name === "tags" ? `${value}, ${own}` : own || value);
  }
  data.set("batch", await batch);
  data.set("position", tile.position);
  if (tile.addsDuplicate) data.set("add_duplicates", 1);
  data.set(input.name, tile.file);
  const onprogress = (share) => {
    tile.setProgress(share);
    update();
  };
  const response = await post(form.action, data, { onprogress, signal });
  response.body?.warnings?.forEach((warning) => warnings.add(warning));
  resultLink.href = response.body?.batch?.path ?? resultLink.href;
  return response;
}

function showPause(isPaused) {
  update();
  if (!isPaused) return announce(text("upload continues"));
  clearInterval(ticker);
  ticker = setInterval(update, 1000);
  return announceSummary();
}

function finish() {
  update();
  keepAwake();
  const photos = queue.in("added").map(({ photo }) => photo);
  const hasNotes = warnings.size || photos.some((photo) => photo.left_out.length);
  if (photos.length === tiles.length && !hasNotes) {
    const { next } = form.dataset; // of guests
    location.assign(next ?? (photos.length === 1 ? photos[0].path : resultLink.href));
  } else {
    announceSummary();
  }
}

function update() {
  if (!queue.pause) clearInterval(ticker);
  form.classList.toggle("in-progress", queue.isActive);
  input.required = !tiles.some(isPending);
  render(queue, warnings);
}

// Phones that lock the screen stop uploads. Browsers release the lock of a hidden page.
function keepAwake() {
  wakeLock = wakeLock.then(async (lock) => {
    lock?.release();
    return queue.isActive && !document.hidden ? navigator.wakeLock?.request("screen") : null;
  }).catch(() => null);
}

// Setting up

form.classList.add("js-enabled");
setUpDialog(tiles, { retry: (tile) => retry([tile]), choose: chooseAgain, add: addAnyway, remove });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (queue.in("waiting").length) start();
  else retry(tiles.filter(({ remedy }) => remedy === "retry"));
});
// A browser shows no message at a field that is folded away.
form.addEventListener("invalid", ({ target }) => {
  target.closest("details")?.setAttribute("open", "");
}, true);
list.addEventListener("click", ({ target }) => {
  const tile = tiles.find(({ button }) => button.contains(target));
  if (tile) showTile(tile, tiles);
});
review.onclick = () =>
  showTile(tiles.find(({ state }) => ["duplicate", "failed"].includes(state)), tiles);
pause.onclick = () => (queue.pause ? queue.resume() : queue.hold("visitor"));
cancel.onclick = () => {
  queue.cancel();
  keepAwake();
};
for (const it of [input, cameraInput]) it.onchange = () => addFiles(it.files);

document.addEventListener("visibilitychange", keepAwake);
document.addEventListener("paste", ({ clipboardData }) => {
  if (!clipboardData.types.includes("text/plain")) addTransferred(clipboardData);
});
for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const isOver = type === "dragover" || (type === "dragleave" && event.relatedTarget);
    dropZone.classList.toggle("drag-over", isOver);
    if (type === "drop") addTransferred(event.dataTransfer);
  });
}

// Links to this page, as in the header, or to others must not lose the chosen photos.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const isToThisPage = link?.pathname === location.pathname && !link.search;
  if (isToThisPage && tiles.some(isPending)) event.preventDefault();
});
window.addEventListener("beforeunload", (event) => {
  if (tiles.some(isPending)) event.preventDefault();
});
