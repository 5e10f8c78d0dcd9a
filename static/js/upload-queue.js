// Uploads the rows of the list, three at a time. It pauses while the visitor is offline or logged
// out and while the site is busy, and continues by itself where it can.

import { text } from "./texts.js";
import { isReadable, nextStep } from "./upload-request.js";

const MAX_PARALLEL_UPLOADS = 3;

export class UploadQueue {
  rows = [];
  isActive = false; // from `start` until every row has been added or has failed
  pause = null; // { reason, until, loginUrl } while no upload starts
  #resumeTimer;
  #requests = new Set(); // an AbortController for each
  #send;
  #onchange;
  #onpause;
  #onfinish;

  // `send(row, signal)` resolves with the response. `onpause` gets the pause, or null after it.
  constructor({ send, onchange, onpause, onfinish }) {
    this.#send = send;
    this.#onchange = onchange;
    this.#onpause = onpause;
    this.#onfinish = onfinish;
    window.addEventListener("offline", () => this.#goOffline());
    window.addEventListener("online", () => {
      if (["offline", "connection"].includes(this.pause?.reason)) this.resume();
    });
  }

  rowsIn(state) {
    return this.rows.filter((row) => row.state === state);
  }

  start() {
    this.isActive = true;
    this.next();
  }

  // Starts as many uploads as are free.
  next() {
    if (!this.pause) {
      const freeSlots = MAX_PARALLEL_UPLOADS - this.rowsIn("uploading").length;
      this.rowsIn("waiting").slice(0, freeSlots).forEach((row) => this.#upload(row));
    }
    this.#onchange();
    if (this.rowsIn("uploading").length || this.rowsIn("waiting").length) return;
    this.#end();
  }

  resume() {
    clearTimeout(this.#resumeTimer);
    this.pause = null;
    this.#onpause(null);
    this.next();
  }

  #end() {
    clearTimeout(this.#resumeTimer);
    this.pause = null;
    this.isActive = false;
    this.#onfinish();
  }

  async #upload(row) {
    row.setState("uploading", text("uploading"));
    const step = await this.#attempt(row);
    if (step.photo) {
      row.setPhoto(step.photo);
    } else if (step.message) {
      row.fail(step.message, step.remedy);
    } else {
      if (step.seconds) row.attempts += 1;
      row.wait();
      this.#pause(step);
    }
    this.next();
  }

  // Resolves with the next step: see `nextStep`.
  async #attempt(row) {
    if (!(await isReadable(row.file))) {
      return { message: text("file changed"), remedy: "choose again" };
    }
    const request = new AbortController();
    this.#requests.add(request);
    const response = await this.#send(row, request.signal);
    this.#requests.delete(request);
    return nextStep(response, row.attempts + 1);
  }

  // Of several reasons to pause, the one that lasts longest counts.
  #pause({ pause: reason, seconds = Infinity, loginUrl }) {
    const until = performance.now() + seconds * 1000;
    if (this.pause && this.pause.until >= until) return;
    this.pause = { reason, until, loginUrl };
    clearTimeout(this.#resumeTimer);
    if (seconds < Infinity) this.#resumeTimer = setTimeout(() => this.resume(), seconds * 1000);
    this.#onpause(this.pause);
  }

  // Requests would otherwise hang until the system gives them up.
  #goOffline() {
    if (!this.isActive) return;
    this.#pause({ pause: "offline" });
    this.#requests.forEach((request) => request.abort());
  }
}
