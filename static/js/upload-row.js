// One chosen file as a line of the list: what it looks like, how far it is, and why it failed.

import { element } from "./element.js";
import { filesize, text } from "./texts.js";

const THUMBNAIL = 128;

let drawing = Promise.resolve(); // one at a time: a phone has no room for two hundred decoded photos

export class Row {
  sent = 0; // share of its bytes
  tries = 0;
  photo = null; // the server's answer, once it is in

  own = {}; // fields of this photo alone, by name: where one is empty, the form's of that name counts

  // `fault` says why the file can't be sent at all.
  constructor(file, fault, { retry, remove }) {
    this.file = file;
    this.fault = fault;
    this.says = element("p", { className: "says" });
    this.bar = element("progress", { max: 1, value: 0, ariaLabel: file.name });
    this.name = element("strong", { dir: "auto" }, file.name);
    const named = { file: file.name };
    this.again = this.#button(text("retry"), text("retry this", named), "", retry);
    this.away = this.#button(text("remove"), text("remove this", named), "plain", remove);
    this.own.title = ownField("title", text("title of", named));
    this.own.alt = ownField("alt", text("alt of", named));
    const canvas = element("canvas", { width: 1, height: 1, ariaHidden: "true" });
    this.item = element("li", {}, canvas,
      element("div", {}, this.name, this.says, this.bar),
      element("div", { className: "actions" }, this.again, this.away),
      element("div", { className: "own" }, ...Object.values(this.own).map(({ parentNode }) => parentNode)));
    this.settle(fault ? "failed" : "waiting", fault ?? filesize(file.size));
    drawing = drawing.then(() => draw(file, canvas));
  }

  // `state` is waiting, sending, in or failed.
  settle(state, says) {
    this.state = state;
    this.item.className = state;
    this.says.textContent = says;
    this.bar.hidden = state !== "sending";
    this.again.hidden = !this.retriable;
    this.away.hidden = state === "sending" || state === "in";
  }

  get retriable() {
    return this.state === "failed" && !this.fault;
  }

  progress(share) {
    this.sent = this.bar.value = share;
    if (share === 1) this.settle("sending", text("preparing"));
  }

  arrive(photo) {
    this.photo = photo;
    this.sent = 1;
    this.settle("in", text("in"));
    if (photo.removed_words) this.says.append(` · ${text("removed", { facts: photo.removed_words })}`);
    this.name.replaceChildren(element("a", { href: photo.url }, photo.title));
    if (!photo.duplicate_of) return;
    const earlier = photo.url.replace(photo.id, photo.duplicate_of);
    this.says.append(` · ${text("known")} `, element("a", { href: earlier }, text("earlier")));
  }

  isOf({ name, size, lastModified }) {
    return this.file.name === name && this.file.size === size && this.file.lastModified === lastModified;
  }

  #button(label, ariaLabel, className, act) {
    return element("button", { type: "button", className, ariaLabel, onclick: () => act(this) }, label);
  }
}

// Within a label that says what the form's own field of that name is called.
function ownField(name, ariaLabel) {
  const model = document.querySelector(`form.upload [name="${name}"]`);
  const field = element("input", { maxLength: model.maxLength, dir: "auto", autocomplete: "off", ariaLabel });
  element("label", {}, element("small", {}, model.labels[0].firstChild.textContent.trim()), field);
  return field;
}

// A canvas, because the content security policy lets no page show blob: images.
async function draw(file, canvas) {
  try {
    const picture = await createImageBitmap(file, { resizeWidth: THUMBNAIL });
    Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
  } catch {
    // A format this browser does not show; the server may know it.
  }
}
