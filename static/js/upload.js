// Uploads the form's files one by one, three at a time, with progress, retries and errors for each.
// Without this script the form sends all files in one request. The server's responses and limits
// are the same.

import { createElement } from "./create-element.js";
import { FileRow } from "./file-row.js";
import { formatFileSize, formatPercent, text } from "./texts.js";
import { startTimer, timeLeft } from "./time-left.js";
import { errorMessage, postFile, retryDelay } from "./upload-request.js";

const MAX_PARALLEL_UPLOADS = 3;
const MEGABYTE = 1_000_000; // bytes

const form = document.querySelector("form.upload");
const input = form.querySelector("input[name=photo]");
const dropZone = form.querySelector(".drop-zone");
const submitButton = form.querySelector(".actions button");
const maxUploadMb = Number(form.dataset.maxUploadMb);
const acceptedTypes = input.accept.split(",");

const cameraInput = createElement("input", {
  type: "file",
  accept: "image/*",
  className: "visually-hidden",
});
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

let rows = [];
let formFields; // the form's values when the upload starts
let isUploading = false;
let announcedQuarter = 0;
const warnings = new Set(); // from the server's responses, about the whole upload

const rowsIn = (state) => rows.filter((row) => row.state === state);
const validRows = () => rows.filter((row) => !row.validationError);
const retryableRows = () => rows.filter((row) => row.canRetry);

// Choosing files

function addFiles(files) {
  const newFiles = [...files].filter((file) => !rows.some((row) => row.isFor(file)));
  if (!newFiles.length) return;
  const handlers = { retry: (row) => retry([row]), remove: removeRow };
  const newRows = newFiles.map((file) => new FileRow(file, validationError(file), handlers));
  rows.push(...newRows);
  fileList.append(...newRows.map((row) => row.element));
  input.value = "";
  render();
  announce(text("photos chosen", { count: rowsIn("waiting").length }));
}

function validationError(file) {
  if (file.size > maxUploadMb * MEGABYTE) {
    return text("too large", { size: formatFileSize(file.size), most: maxUploadMb });
  }
  if (file.size === 0) return text("empty file");
  if (file.type && !acceptedTypes.some((type) => isOfType(file, type))) {
    return text("unsupported type", form.dataset);
  }
  return null;
}

function isOfType(file, type) {
  return type.startsWith(".") ? file.name.toLowerCase().endsWith(type) : file.type === type;
}

function removeRow(row) {
  rows = rows.filter((other) => other !== row);
  row.element.remove();
  render();
  input.focus();
}

function retry(failedRows) {
  for (const row of failedRows) {
    row.attempts = 0;
    row.sentShare = 0;
    row.setState("waiting", text("waiting"));
  }
  start();
}

// Uploading

function start() {
  if (!isUploading) {
    isUploading = true;
    announcedQuarter = 0;
    formFields = [...new FormData(form)].filter(([name]) => name !== input.name);
    startTimer(countBytes().sent);
    totalProgress.hidden = false;
    form.classList.add("in-progress");
    totalProgress.focus();
    announce(text("uploading photos", { count: rowsIn("waiting").length }));
  }
  uploadNext();
}

function uploadNext() {
  const freeSlots = MAX_PARALLEL_UPLOADS - rowsIn("uploading").length;
  rowsIn("waiting").slice(0, freeSlots).forEach(upload);
  render();
  if (!rowsIn("uploading").length) finish();
}

async function upload(row) {
  row.attempts += 1;
  row.setState("uploading", text("uploading"));
  const fields = formFields.map(([name, value]) => [name, row.fields[name]?.value || value]);
  const response = await postFile(form.action, fields, input.name, row.file, (share) => {
    row.setProgress(share);
    render();
  });
  const seconds = retryDelay(response, row.attempts);
  if (seconds !== null) {
    row.setState(
      "uploading",
      text(response.status ? "retry when busy" : "retry when offline", { seconds }),
    );
    setTimeout(() => upload(row), seconds * 1000);
    return;
  }
  const photo = response.body?.photos?.[0];
  response.body?.warnings?.forEach((warning) => warnings.add(warning));
  if (photo) row.setPhoto(photo);
  else row.setState("failed", errorMessage(response));
  uploadNext();
}

function finish() {
  isUploading = false;
  form.classList.remove("in-progress");
  const failedCount = rowsIn("failed").length;
  const photos = rowsIn("added").map((row) => row.photo);
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
  const remaining = isUploading ? timeLeft(sent, total) : "";
  const counts = { done: rowsIn("added").length, count: validRows().length };
  const progress = text("progress", { ...counts, share: formatPercent(share) });
  fileList.hidden = !rows.length;
  progressBar.value = share;
  summary.textContent = remaining ? `${progress} · ${remaining}` : progress;
  renderSubmitButton();
  announceQuarter(Math.floor(share * 4), remaining);
}

function renderSubmitButton() {
  const waitingCount = rowsIn("waiting").length;
  const retryCount = retryableRows().length;
  input.required = !waitingCount && !retryCount;
  if (waitingCount) submitButton.textContent = text("upload photos", { count: waitingCount });
  else if (retryCount) submitButton.textContent = text("retry photos", { count: retryCount });
  else submitButton.textContent = text("upload");
}

function announceQuarter(quarter, remaining) {
  if (isUploading && quarter > announcedQuarter && quarter < 4) {
    announce(`${text("share uploaded", { share: formatPercent(quarter / 4) })} ${remaining}`);
  }
  announcedQuarter = Math.max(announcedQuarter, quarter);
}

function announce(message) {
  liveRegion.textContent = message;
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
dropZone.after(totalProgress, fileList, liveRegion);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (rowsIn("waiting").length) start();
  else if (retryableRows().length) retry(retryableRows());
});
input.addEventListener("change", () => addFiles(input.files));
cameraInput.addEventListener("change", () => addFiles(cameraInput.files));
document.addEventListener("paste", ({ clipboardData }) => {
  if (!clipboardData.types.includes("text/plain")) addFiles(clipboardData.files);
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
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  addFiles(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  if (rowsIn("uploading").length) event.preventDefault();
});
