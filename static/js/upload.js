// Uploads the form's files one by one, three at a time, with progress, retries and errors for each.
// Without this script the form sends all files in one request. The server's responses and limits
// are the same.

import { createElement } from "./create-element.js";
import { readFiles } from "./dropped-files.js";
import { findProblem, hasSupportedType } from "./file-problems.js";
import { FileRow } from "./file-row.js";
import { PauseNotice } from "./pause-notice.js";
import { formatPercent, text } from "./texts.js";
import { startTimer, timeLeft } from "./time-left.js";
import { UploadQueue } from "./upload-queue.js";
import { postFile } from "./upload-request.js";

const form = document.querySelector("form.upload");
const input = form.querySelector("input[name=photo]");
const dropZone = form.querySelector(".drop-zone");
const submitButton = form.querySelector(".actions button");

const cameraInput = createElement("input", {
  type: "file",
  accept: "image/*",
  className: "visually-hidden",
});
const replacementInput = createElement("input", { type: "file", accept: input.accept });
const folderNote = createElement("p", { className: "hint", hidden: true });
const fileList = createElement("ul", { className: "file-list", role: "list", hidden: true });
const progressBar = createElement("progress", { max: 1, value: 0, ariaLabel: text("all photos") });
const summary = createElement("p", { className: "hint" });
const totalProgress = createElement(
  "div",
  { className: "total-progress", hidden: true, tabIndex: -1 },
  progressBar,
  summary,
);
const liveRegion = createElement("p", { className: "visually-hidden", role: "status" });

const queue = new UploadQueue({ send, onchange: render, onpause: showPause, onfinish: finish });
const pauseNotice = new PauseNotice({ onContinue: () => queue.resume() });
const rowHandlers = { retry: (row) => retry([row]), chooseAgain, remove: removeRow };

let formFields; // the form's values when the upload starts
let announcedQuarter = 0;
let nextPosition = 0; // in the batch, in the order chosen
const warnings = new Set(); // from the server's responses, about the whole upload

const validRows = () => queue.rows.filter((row) => row.isValid);
const retryableRows = () => queue.rows.filter((row) => row.canRetry);

// Choosing files

function addFiles(files) {
  const newFiles = [...files].filter((file) => !queue.rows.some((row) => row.isFor(file)));
  if (!newFiles.length) return;
  const newRows = newFiles.map((file) => new FileRow(file, findProblem(file), rowHandlers));
  for (const row of newRows) row.position = nextPosition++;
  queue.rows.push(...newRows);
  fileList.append(...newRows.map((row) => row.element));
  input.value = "";
  render();
  announce(text("photos chosen", { count: queue.rowsIn("waiting").length }));
}

async function addTransferred(dataTransfer) {
  const { files, note } = await readFiles(dataTransfer, hasSupportedType);
  addFiles(files);
  folderNote.textContent = note;
  folderNote.hidden = !note;
  if (note) announce(`${liveRegion.textContent} ${note}`);
}

// Opens a file dialog, and puts the file that is chosen in the place of the row's.
function chooseAgain(row) {
  replacementInput.value = "";
  replacementInput.onchange = () => replaceRow(row, replacementInput.files[0]);
  replacementInput.click();
}

function replaceRow(row, file) {
  const newRow = new FileRow(file, findProblem(file), rowHandlers);
  newRow.copyFieldsOf(row);
  newRow.position = row.position;
  queue.rows[queue.rows.indexOf(row)] = newRow;
  row.element.replaceWith(newRow.element);
  newRow.removeButton.focus();
  updateQueue();
}

function removeRow(row) {
  queue.rows = queue.rows.filter((other) => other !== row);
  row.element.remove();
  input.focus();
  updateQueue();
}

function updateQueue() {
  if (queue.isActive) queue.next();
  else render();
}

function retry(failedRows) {
  for (const row of failedRows) {
    row.attempts = 0;
    row.wait();
  }
  start();
}

// Uploading

function start() {
  if (!queue.isActive) {
    announcedQuarter = 0;
    formFields = [...new FormData(form)].filter(([name]) => name !== input.name);
    startTimer(countBytes().sent);
    totalProgress.hidden = false;
    form.classList.add("in-progress");
    totalProgress.focus();
    announce(text("uploading photos", { count: queue.rowsIn("waiting").length }));
  }
  queue.start();
}

async function send(row, signal) {
  const fields = formFields.map(([name, value]) => [name, row.fields[name]?.value || value]);
  const onprogress = (share) => {
    row.setProgress(share);
    render();
  };
  const options = { onprogress, signal };
  fields.push(["position", row.position]);
  const response = await postFile(form.action, fields, input.name, row.file, options);
  response.body?.warnings?.forEach((warning) => warnings.add(warning));
  return response;
}

function showPause(pause) {
  pauseNotice.show(pause);
  announce(pause ? pauseNotice.message : text("upload continues"));
}

function finish() {
  pauseNotice.show(null);
  form.classList.remove("in-progress");
  totalProgress.hidden = !queue.rows.length;
  if (!queue.rows.length) return; // the visitor has removed all files
  const failedCount = queue.rowsIn("failed").length;
  const photos = queue.rowsIn("added").map((row) => row.photo);
  const { galleryUrl } = form.dataset;
  const hasNotes = photos.some((photo) => photo.duplicate_of || photo.left_out.length);
  if (!failedCount && !hasNotes && !warnings.size) {
    location.assign(photos.length === 1 ? photos[0].path : galleryUrl);
    return;
  }
  const result = failedCount
    ? text("photos failed", { count: failedCount })
    : text("all photos added");
  const galleryLink = createElement("a", { href: galleryUrl }, text("gallery link"));
  const announcement = [result, ...warnings].join(" ");
  summary.replaceChildren(`${announcement} `, galleryLink);
  announce(announcement);
}

// Showing progress

function countBytes() {
  const bytes = { sent: 0, total: 0 };
  for (const { file, sentShare } of validRows()) {
    bytes.sent += file.size * sentShare;
    bytes.total += file.size;
  }
  return bytes;
}

function render() {
  const { sent, total } = countBytes();
  const share = sent / (total || 1);
  const remaining = queue.isActive && !queue.pause ? timeLeft(sent, total) : "";
  const counts = { done: queue.rowsIn("added").length, count: validRows().length };
  const progress = text("progress", { ...counts, share: formatPercent(share) });
  fileList.hidden = !queue.rows.length;
  progressBar.value = share;
  summary.textContent = remaining ? `${progress} · ${remaining}` : progress;
  renderSubmitButton();
  announceQuarter(Math.floor(share * 4), remaining);
}

function renderSubmitButton() {
  const waitingCount = queue.rowsIn("waiting").length;
  const retryCount = retryableRows().length;
  input.required = !waitingCount && !retryCount;
  if (waitingCount) submitButton.textContent = text("upload photos", { count: waitingCount });
  else if (retryCount) submitButton.textContent = text("retry photos", { count: retryCount });
  else submitButton.textContent = text("upload");
}

function announceQuarter(quarter, remaining) {
  if (queue.isActive && !queue.pause && quarter > announcedQuarter && quarter < 4) {
    announce(`${text("share uploaded", { share: formatPercent(quarter / 4) })} ${remaining}`);
  }
  announcedQuarter = Math.max(announcedQuarter, quarter);
}

function announce(message) {
  if (liveRegion.textContent !== message) liveRegion.textContent = message;
}

// Setting up

form.classList.add("js-enabled");
const dragAndDropHint = createElement(
  "p",
  { className: "hint drag-and-drop-hint" },
  text("drag and drop"),
);
dropZone.querySelector("label").after(dragAndDropHint);
cameraInput.setAttribute("capture", "environment");
const cameraLabel = createElement(
  "label",
  { className: "button camera-button" },
  text("take a photo"),
  cameraInput,
);
input.after(cameraLabel);
dropZone.after(folderNote, totalProgress, pauseNotice.element, fileList, liveRegion);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (queue.rowsIn("waiting").length) start();
  else if (retryableRows().length) retry(retryableRows());
});
input.addEventListener("change", () => addFiles(input.files));
cameraInput.addEventListener("change", () => addFiles(cameraInput.files));
document.addEventListener("paste", ({ clipboardData }) => {
  if (!clipboardData.types.includes("text/plain")) addTransferred(clipboardData);
});
document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  dropZone.classList.add("drag-over");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) dropZone.classList.remove("drag-over");
});
document.addEventListener("drop", (event) => {
  dropZone.classList.remove("drag-over");
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  addTransferred(event.dataTransfer);
});
window.addEventListener("beforeunload", (event) => {
  if (queue.isActive) event.preventDefault();
});
