// Reads the files of a drop or a paste, also the photos in folders.

import { text } from "./texts.js";

const MAX_DEPTH = 8; // folders inside each other
const MAX_ENTRIES = 5000; // files and folders that are looked at
const MAX_PHOTOS = 1000;

// Resolves with { files, note }; `note` says what was left out. `isPhoto(file)` chooses among the
// files of a folder; all files outside folders are taken. Call it during the event, because
// browsers empty the DataTransfer afterwards.
export async function readFiles({ items, files }, isPhoto) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { files: [...files], note: "" };
  const found = { files: [], leftOut: 0, entries: 0, isIncomplete: false };
  for (const entry of entries) {
    if (entry.isDirectory) await readFolder(entry, 1, found, isPhoto);
    else found.files.push(await readFile(entry));
  }
  const readable = found.files.filter(Boolean);
  return { files: readable, note: describe({ ...found, count: readable.length }) };
}

function describe({ count, leftOut, isIncomplete }) {
  if (!count) return text("no photos in folder");
  if (isIncomplete) return text("folder too large", { count });
  return leftOut ? text("files left out", { count: leftOut }) : "";
}

async function readFolder(folder, depth, found, isPhoto) {
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!entries.length) return;
    for (const entry of entries.filter(({ name }) => !name.startsWith("."))) {
      found.entries += 1;
      if (found.entries > MAX_ENTRIES || found.files.length === MAX_PHOTOS) {
        found.isIncomplete = true;
        return;
      }
      await readEntry(entry, depth, found, isPhoto);
    }
  }
}

async function readEntry(entry, depth, found, isPhoto) {
  if (entry.isFile) {
    const file = await readFile(entry);
    if (file && isPhoto(file)) found.files.push(file);
    else found.leftOut += 1;
  } else if (depth < MAX_DEPTH) {
    await readFolder(entry, depth + 1, found, isPhoto);
  } else {
    found.isIncomplete = true;
  }
}

// Resolves with the file, or null if it can't be read.
function readFile(entry) {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
