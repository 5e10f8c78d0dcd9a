// One file of the upload list: its thumbnail, fields, progress and error.

import { createElement } from "./create-element.js";
import { countLength } from "./text-limits.js";
import { formatFileSize, text } from "./texts.js";

const THUMBNAIL_WIDTH = 128;

let thumbnailQueue = Promise.resolve(); // one at a time, because a decoded photo takes much memory

export class FileRow {
  sentShare = 0; // of the file's bytes
  attempts = 0; // that failed for a reason that passes
  photo = null; // from the server's response
  fields = {}; // of this file, by name; an empty one leaves the form's value

  // `problem` is { message, remedy } if the file can't be uploaded, or null.
  constructor(file, problem, { retry, chooseAgain, remove }) {
    this.file = file;
    this.isValid = !problem;
    const name = { file: file.name };
    this.status = createElement("p", { className: "file-status" });
    this.progressBar = createElement("progress", { max: 1, value: 0, ariaLabel: file.name });
    this.title = createElement("strong", { dir: "auto" }, file.name);
    this.retryButton = this.#createButton(text("retry"), text("retry file", name), "", retry);
    this.chooseAgainButton = this.#createButton(
      text("choose again"),
      text("choose file again", name),
      "",
      chooseAgain,
    );
    this.removeButton = this.#createButton(
      text("remove"),
      text("remove file", name),
      "button-secondary",
      remove,
    );
    this.fields.title = createField("title", text("title of file", name));
    this.fields.alt = createField("alt", text("alt of file", name));
    const buttons = [this.retryButton, this.chooseAgainButton, this.removeButton];
    const canvas = createElement("canvas", { width: 1, height: 1, ariaHidden: "true" });
    const labels = Object.values(this.fields).map((field) => field.parentNode);
    this.element = createElement("li", {}, canvas,
      createElement("div", {}, this.title, this.status, this.progressBar),
      createElement("div", { className: "actions" }, ...buttons),
      createElement("div", { className: "file-fields" }, ...labels));
    if (problem) this.fail(problem.message, problem.remedy);
    else this.setState("waiting", formatFileSize(file.size));
    thumbnailQueue = thumbnailQueue.then(() => drawThumbnail(file, canvas));
  }

  // `state` is waiting, uploading, added or failed.
  setState(state, statusText, remedy = null) {
    this.state = state;
    this.element.className = state;
    this.status.textContent = statusText;
    this.canRetry = remedy === "retry";
    this.progressBar.hidden = state !== "uploading";
    this.retryButton.hidden = !this.canRetry;
    this.chooseAgainButton.hidden = remedy !== "choose again";
    this.removeButton.hidden = state === "uploading" || state === "added";
  }

  wait() {
    this.sentShare = 0;
    this.progressBar.value = 0;
    this.setState("waiting", text("waiting"));
  }

  // `remedy` is "retry", "choose again" or null.
  fail(message, remedy) {
    this.setState("failed", message, remedy);
  }

  setProgress(share) {
    this.sentShare = share;
    this.progressBar.value = share;
    if (share === 1) this.setState("uploading", text("processing"));
  }

  setPhoto(photo) {
    this.photo = photo;
    this.sentShare = 1;
    this.setState("added", text("added"));
    if (photo.removed_text) {
      this.status.append(` · ${text("metadata removed", { facts: photo.removed_text })}`);
    }
    photo.left_out.forEach((note) => this.status.append(` · ${note}`));
    this.title.replaceChildren(createElement("a", { href: photo.path }, photo.title));
    if (!photo.duplicate_of) return;
    const originalPath = photo.path.replace(photo.id, photo.duplicate_of);
    const originalLink = createElement("a", { href: originalPath }, text("view duplicate"));
    this.status.append(` · ${text("duplicate")} `, originalLink);
  }

  copyFieldsOf(other) {
    for (const [name, field] of Object.entries(this.fields)) {
      field.value = other.fields[name].value;
    }
  }

  isFor({ name, size, lastModified }) {
    const { file } = this;
    return file.name === name && file.size === size && file.lastModified === lastModified;
  }

  #createButton(label, ariaLabel, className, action) {
    const onclick = () => action(this);
    return createElement("button", { type: "button", className, ariaLabel, onclick }, label);
  }
}

// Creates an input for one file, labeled like the form's field of the same name.
function createField(name, ariaLabel) {
  const formField = document.querySelector(`form.upload [name="${name}"]`);
  const labelText = formField.labels[0].firstChild.textContent.trim();
  const field = createElement("input", { dir: "auto", autocomplete: "off", ariaLabel });
  field.dataset.maxLength = formField.dataset.maxLength;
  createElement("label", {}, createElement("small", {}, labelText), field);
  countLength(field);
  return field;
}

// Draws on a canvas, because the content security policy forbids blob: images.
async function drawThumbnail(file, canvas) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: THUMBNAIL_WIDTH });
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
  } catch {
    // This browser can't decode the format. The server may still accept it.
  }
}
