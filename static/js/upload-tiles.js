// The chosen photos as tiles, and the dialog of one of them.

import { findDuplicate, findProblem, makeThumbnail } from "./chosen-files.js";
import { formatFileSize, text } from "./texts.js";

const THUMBNAIL_SIZE = 256; // pixels
const SMALL_FROM = 200; // thumbnails; later ones are half as large, to bound the memory
const PREVIEW_HEIGHT = 640; // pixels

const template = document.querySelector("#tile");
const dialog = document.querySelector(".photo-dialog");
const form = dialog.querySelector("form");
const [heading, place] = form.querySelectorAll("header > :not(button)");
const preview = form.querySelector("canvas");
const status = form.querySelector("[role=status]");
const link = form.querySelector("a");
const fields = form.querySelectorAll("input, textarea");
const remedies = form.querySelectorAll(".remedy");
const { texts, remove, done } = form.elements;

let shown; // the tile of the dialog

export class Tile {
  sentShare = 0; // of the file's bytes
  attempts = 0; // that failed for a reason that passes
  own = {}; // texts of this photo, by field

  constructor(file, position) {
    this.file = file;
    this.position = position;
    this.element = template.content.firstElementChild.cloneNode(true);
    [this.button, this.progressBar] = this.element.children;
    this.progressBar.ariaLabel = file.name;
    const problem = findProblem(file);
    this.isValid = !problem;
    if (problem) this.fail(problem.message, problem.remedy);
    else this.wait();
    this.duplicate = problem ? null : findDuplicate(file);
    this.#drawThumbnail();
  }

  // Whether it was or will be sent.
  get isCounted() {
    return this.isValid && this.state !== "duplicate";
  }

  // `state` is waiting, uploading, added, duplicate or failed. `remedy` is a button of the dialog.
  setState(state, message, { remedy = null, path = null } = {}) {
    Object.assign(this, { state, message, remedy, path });
    this.element.className = state;
    this.button.ariaLabel = text("labeled", { label: this.file.name, text: message });
    this.progressBar.hidden = state !== "uploading";
    if (this === shown) showState();
  }

  wait() {
    this.setProgress(0);
    this.setState("waiting", text("waiting", { size: formatFileSize(this.file.size) }));
  }

  fail(message, remedy) {
    this.setState("failed", message, { remedy });
  }

  skip({ path, album_note: note }) {
    const message = note ? `${text("duplicate")}. ${note}` : text("duplicate");
    this.setState("duplicate", message, { remedy: "add", path });
  }

  setProgress(share) {
    this.sentShare = this.progressBar.value = share;
    if (share === 1) this.setState("uploading", text("processing"));
  }

  setPhoto(photo) {
    this.photo = photo;
    this.sentShare = 1;
    const kept = photo.kept_text && text("credit kept", { rights: photo.kept_text });
    const facts = [text("added"), photo.removed_text, kept, ...photo.left_out].filter(Boolean);
    this.setState("added", facts.join(" · "), { path: photo.path });
  }

  async #drawThumbnail() {
    const [type, canvas] = this.button.children;
    type.textContent = this.file.name.split(".").pop().slice(0, 5);
    const size = this.position < SMALL_FROM ? THUMBNAIL_SIZE : THUMBNAIL_SIZE / 2;
    const bitmap = await makeThumbnail(this.file, size);
    if (!bitmap) return; // only the server can decode this format
    const side = Math.min(bitmap.width, bitmap.height);
    draw(bitmap, canvas, side, side);
    type.remove();
  }
}

// The content security policy forbids <img> with blob: URLs.
function draw(bitmap, canvas, width, height) {
  Object.assign(canvas, { width, height });
  const place = [(width - bitmap.width) / 2, (height - bitmap.height) / 2];
  canvas.getContext("2d").drawImage(bitmap, ...place);
  bitmap.close();
}

// `actions` are functions for the remedies and "remove".
export function setUpDialog(tiles, actions) {
  const step = (by) => showTile(tiles.at((tiles.indexOf(shown) + by) % tiles.length), tiles);
  const handlers = { ...actions, previous: () => step(-1), next: () => step(1) };
  form.querySelectorAll("[type=button]").forEach((button) => {
    button.onclick = () => {
      if (button.name in actions) done.focus(); // the button may vanish
      handlers[button.name](shown);
    };
  });
}

// Shows a tile in the dialog, or closes the dialog if there is none.
export function showTile(tile, tiles) {
  if (!tile) return dialog.close();
  shown = tile;
  heading.textContent = tile.file.name;
  place.textContent = text("place", { number: tiles.indexOf(tile) + 1, count: tiles.length });
  for (const field of fields) {
    field.value = tile.own[field.name] ?? "";
    field.dispatchEvent(new Event("input")); // counts the characters
  }
  showState();
  drawPreview();
  if (!dialog.open) dialog.showModal();
  if (tile.hasInvalidText) form.reportValidity();
}

function showState() {
  const { state, message, remedy, path } = shown;
  const isSent = ["uploading", "added"].includes(state);
  status.textContent = message;
  status.className = `file-status ${state}`;
  link.hidden = !path;
  if (path) link.href = path;
  texts.hidden = isSent;
  for (const button of remedies) button.hidden = button.name !== remedy;
  remove.hidden = isSent;
}

async function drawPreview() {
  const tile = shown;
  preview.width = 1;
  const options = { resizeHeight: PREVIEW_HEIGHT };
  const bitmap = await createImageBitmap(tile.file, options).catch(() => null);
  if (bitmap && tile === shown) draw(bitmap, preview, bitmap.width, bitmap.height);
}

form.addEventListener("input", () => {
  shown.own = Object.fromEntries([...fields].map(({ name, value }) => [name, value]));
  shown.hasInvalidText = form.matches(":invalid");
});
dialog.addEventListener("close", () => shown.button.focus());
