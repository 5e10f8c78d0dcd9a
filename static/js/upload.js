// Sends each file of the form by itself. Without this script the form sends all in one request.

import { readFiles } from "./chosen-files.js";
import { setUpDialog, showTile, Tile } from "./contact-sheet.js";
import { createElement } from "./create-element.js";
import { text } from "./texts.js";
import { announce, announceSummary, render, startTimer, totals } from "./upload-bar.js";
import { post, UploadQueue } from "./upload-queue.js";

const form = document.querySelector("form.upload");
const dropZone = form.querySelector(".drop-zone");
const [input, cameraInput] = dropZone.querySelectorAll("input");
const sheet = form.querySelector(".contact-sheet");
const folderNote = dropZone.nextElementSibling;
const { review, pause, cancel } = form.elements;

const queue = new UploadQueue({ send, onchange: update, onpause: showPause, onfinish: finish });
const { tiles } = queue;
const warnings = new Set(); // from the server's responses, about the whole upload
let chosenCount = 0;
let formFields; // the form's values when the upload starts
let batchPath; // of the page that shows all photos of the upload
let ticker;
let wakeLock = Promise.resolve();

const canRetry = ({ remedy }) => remedy === "retry";
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
    const tile = createTile(file, chosenCount);
    chosenCount += 1;
    tiles.push(tile);
    sheet.append(tile.element);
  }
  sheet.hidden = !tiles.length;
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
  if (invalid) {
    showTile(invalid, tiles);
    return;
  }
  if (!queue.isActive) {
    formFields = [...new FormData(form)].filter(([name]) => name !== input.name);
    startTimer(totals(tiles).sent);
    announce(text("uploading photos", { count: queue.in("waiting").length }));
  }
  queue.start();
  keepAwake();
}

async function send(tile, signal) {
  const data = new FormData();
  for (const [name, value] of fieldsOf(tile)) data.set(name, value); // the last value counts
  data.append(input.name, tile.file);
  const onprogress = (share) => {
    tile.setProgress(share);
    update();
  };
  const response = await post(form.action, data, { onprogress, signal });
  batchPath = response.body?.batch?.path ?? batchPath;
  response.body?.warnings?.forEach((warning) => warnings.add(warning));
  return response;
}

// The photo's own tags are added to those for all photos. Its other texts replace them.
function fieldsOf({ own, position, addsDuplicate }) {
  const fields = formFields.map(([name, value]) => {
    const ownValue = own[`own-${name}`];
    return [name, name === "tags" ? `${value}, ${ownValue ?? ""}` : ownValue || value];
  });
  fields.push(["position", position]);
  if (addsDuplicate) fields.push(["add_duplicates", 1]);
  return fields;
}

function showPause(pauseOfQueue) {
  clearInterval(ticker);
  if (pauseOfQueue) ticker = setInterval(update, 1000);
  update();
  if (pauseOfQueue) announceSummary();
  else announce(text("upload continues"));
}

function finish() {
  clearInterval(ticker);
  update();
  keepAwake();
  const photos = queue.in("added").map(({ photo }) => photo);
  const hasNotes = warnings.size || photos.some((photo) => photo.left_out.length);
  if (photos.length === tiles.length && !hasNotes) {
    location.assign(photos.length === 1 ? photos[0].path : batchPath);
  } else {
    announceSummary();
  }
}

function update() {
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
  else retry(tiles.filter(canRetry));
});
// A browser shows no message at a field that is folded away.
form.addEventListener("invalid", ({ target }) => {
  target.closest("details")?.setAttribute("open", "");
}, true);
sheet.addEventListener("click", ({ target }) => {
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
