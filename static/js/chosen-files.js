// Reads dropped and pasted files and folders, and checks the chosen files.

import { formatFileSize, text } from "./texts.js";

const MAX_DEPTH = 8; // folders inside each other
const MAX_ENTRIES = 5000; // files and folders
const MAX_PHOTOS = 1000;
const MEGABYTE = 1_000_000; // bytes
const MAX_HASHES = 50; // of a request
const DELAY = 500; // milliseconds, to ask for several at once

const form = document.querySelector("form.upload");
const { duplicatesUrl, maxUploadMb: most } = form.dataset;
const acceptedTypes = form.querySelector("[name=photo]").accept.split(",");

const hash = startWorker("hash");
const gathered = [];
let timer;

export const makeThumbnail = startWorker("thumbnail");

const isPhoto = ({ name, type }) =>
  acceptedTypes.some((it) => it === type || (it[0] === "." && name.toLowerCase().endsWith(it)));

// Returns { message, remedy } or null.
export function findProblem(file) {
  if (file.size > most * MEGABYTE) {
    return { message: text("too large", { size: formatFileSize(file.size), most }) };
  }
  if (!file.size) return { message: text("empty file"), remedy: "choose" };
  if (file.type && !isPhoto(file)) return { message: text("unsupported type", form.dataset) };
  return null;
}

// `note` is about files that were left out. Browsers empty the DataTransfer after the event.
export async function readFiles({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { files: [...files], note: "" };
  const found = { files: [], leftOut: 0, entries: 0, isIncomplete: false };
  for (const entry of entries) await readEntry(entry, 0, found);
  return { files: found.files, note: describe(found) };
}

function describe({ files: { length: count }, leftOut, isIncomplete }) {
  if (!count) return text("no photos in folder");
  if (isIncomplete) return text("folder too large", { count });
  return leftOut ? text("files left out", { count: leftOut }) : "";
}

async function readEntry(entry, depth, found) {
  found.entries += 1;
  if (depth > MAX_DEPTH || found.entries > MAX_ENTRIES || found.files.length === MAX_PHOTOS) {
    found.isIncomplete = true;
  } else if (entry.isDirectory) {
    for (const child of await readFolder(entry)) await readEntry(child, depth + 1, found);
  } else {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file && (!depth || isPhoto(file))) found.files.push(file);
    else found.leftOut += 1;
  }
}

async function readFolder(folder) {
  const reader = folder.createReader();
  const children = [];
  while (children.length <= MAX_ENTRIES) {
    const group = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!group.length) break;
    children.push(...group.filter(({ name }) => !name.startsWith(".")));
  }
  return children;
}

// The worker gets one file after the other, because a decoded photo takes much memory.
function startWorker(task) {
  let worker;
  let last = Promise.resolve(null);
  const ask = (args) => new Promise((resolve) => {
    worker ??= new Worker(new URL("./file-worker.js", import.meta.url));
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve((worker = null));
    worker.postMessage([task, ...args]);
  });
  return (...args) => (last = last.then(() => ask(args)));
}

// Resolves with the photo that was made of the same file, { path }, if there is one. The site looks
// again when it gets the file, and must get one for an album: it adds that photo.
export async function findDuplicate(file) {
  const sha256 = !form.elements.album && (await hash(file));
  if (!sha256) return null;
  return new Promise((resolve) => {
    gathered.push({ sha256, resolve });
    if (gathered.length === MAX_HASHES) askSite();
    else timer ??= setTimeout(askSite, DELAY);
  });
}

async function askSite() {
  clearTimeout(timer);
  timer = null;
  const asked = gathered.splice(0);
  const answer = await ask(asked.map(({ sha256 }) => sha256));
  for (const { sha256, resolve } of asked) resolve(answer?.duplicates?.[sha256]);
}

// Resolves with the token of a batch that begins now. That of the form began when it was shown.
export async function beginBatch() {
  const answer = await ask([]);
  return answer?.batch ?? form.elements.batch.value;
}

function ask(sha256) {
  const request = fetch(duplicatesUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Requested-With": "fetch" },
    body: JSON.stringify({ sha256 }),
  });
  return request.then((response) => response.json()).catch(() => null);
}
