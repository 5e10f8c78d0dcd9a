// Sends the chosen photos, three at a time. Pauses if the visitor wants it or is offline or logged
// out, or if the site is busy.

import { text } from "./texts.js";

const MAX_PARALLEL_UPLOADS = 3;
const MAX_ATTEMPTS = 6;
const MAX_ATTEMPTS_LATER = 60; // if the site says when: it may have more guests than it serves
const MAX_WAIT = 3600; // seconds; after a longer Retry-After the visitor has to retry
const PAUSES = { 0: "connection", 429: "limit", 502: "busy", 503: "busy", 504: "busy" };

export class UploadQueue {
  tiles = [];
  isActive = false; // from `start` until no photo waits, or `cancel`
  pause = null; // { reason, until, loginUrl } while no upload starts
  #timer;
  #handlers;

  // `send(tile, signal)` resolves with the response. `onpause` gets the pause, or null after it.
  constructor(handlers) {
    this.#handlers = handlers;
    window.addEventListener("offline", () => this.hold("offline"));
    window.addEventListener("online", () => {
      if (["offline", "connection"].includes(this.pause?.reason)) this.resume();
    });
  }

  in(state) {
    return this.tiles.filter((tile) => tile.state === state);
  }

  start() {
    this.isActive = true;
    this.next();
  }

  // Starts as many uploads as are free.
  next() {
    if (this.isActive && !this.pause) {
      const freeSlots = MAX_PARALLEL_UPLOADS - this.in("uploading").length;
      this.in("waiting").slice(0, freeSlots).forEach((tile) => this.#upload(tile));
    }
    this.#handlers.onchange();
    if (!this.isActive || this.in("uploading").length || this.in("waiting").length) return;
    this.#stop();
    this.#handlers.onfinish();
  }

  resume() {
    clearTimeout(this.#timer);
    this.pause = null;
    this.#handlers.onpause(null);
    this.next();
  }

  // Pauses until `resume`.
  hold(reason) {
    this.#pause({ reason });
    this.#abort();
  }

  cancel() {
    this.#stop();
    this.#abort();
    this.#handlers.onchange();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.pause = null;
    this.isActive = false;
  }

  // Offline, a request would hang until the system gives it up.
  #abort() {
    this.in("uploading").forEach((tile) => tile.request.abort());
  }

  // Of several reasons to pause, the one that lasts longest counts.
  #pause({ reason, seconds = Infinity, loginUrl }) {
    const until = performance.now() + seconds * 1000;
    if (!this.isActive || this.pause?.until >= until) return;
    this.pause = { reason, until, loginUrl };
    clearTimeout(this.#timer);
    if (seconds < Infinity) this.#timer = setTimeout(() => this.resume(), seconds * 1000);
    this.#handlers.onpause(this.pause);
  }

  async #upload(tile) {
    tile.setState("uploading", text("uploading"));
    tile.request = new AbortController();
    const duplicate = await tile.duplicate;
    if (duplicate) tile.skip(duplicate);
    else if (await isReadable(tile.file)) await this.#send(tile, tile.request.signal);
    else tile.fail(text("file changed"), "choose");
    this.next();
  }

  async #send(tile, signal) {
    const response = signal.aborted ? null : await this.#handlers.send(tile, signal);
    if (signal.aborted && !response?.status) return tile.wait();
    const { photo, duplicate, pause, message } = nextStep(response, tile.attempts + 1);
    if (photo) return tile.setPhoto(photo);
    if (duplicate) return tile.skip(duplicate);
    if (message) return tile.fail(message, "retry");
    if (pause.seconds) tile.attempts += 1;
    tile.wait();
    return this.#pause(pause);
  }
}

// Files of Google Drive can change or go after they were chosen. Chromium then fails to send them,
// and Firefox sends a request that never ends.
async function isReadable(file) {
  let size = 0;
  const counter = new WritableStream({ write: (chunk) => (size += chunk.length) });
  const isRead = await file.stream().pipeTo(counter).then(() => true, () => false);
  return isRead && size === file.size;
}

// The status is 0 if the connection failed or `signal` aborted the request.
export function post(url, data, { onprogress, signal }) {
  const request = new XMLHttpRequest(); // fetch() reports no upload progress
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve) => {
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onloadend = () => resolve({
      status: request.status,
      body: request.response, // null if it is not JSON
      retryAfter: parseRetryAfter(request.getResponseHeader("Retry-After")),
    });
    request.send(data);
  });
}

// Returns seconds; the header has seconds or a date (RFC 9110, section 10.2.3).
function parseRetryAfter(header) {
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return seconds;
  return Math.max(0, Math.ceil((Date.parse(header) - Date.now()) / 1000)) || 0;
}

// Returns { photo }, { duplicate }, { pause } if the file is to be sent again, or { message }.
function nextStep({ status, body, retryAfter }, attempts) {
  const [photo] = body?.photos ?? [];
  const [duplicate] = body?.skipped ?? [];
  if (photo || duplicate) return { photo, duplicate };
  if (!status && !navigator.onLine) return { pause: { reason: "offline" } };
  if (body?.login_url) return { pause: { reason: "login", loginUrl: body.login_url } };
  const reason = PAUSES[status];
  const maxAttempts = retryAfter ? MAX_ATTEMPTS_LATER : MAX_ATTEMPTS;
  if (reason && attempts < maxAttempts && retryAfter <= MAX_WAIT) {
    return { pause: { reason, seconds: retryAfter || 2 ** (attempts - 1) } };
  }
  return { message: errorMessage(status, body) };
}

function errorMessage(status, body) {
  const detail = body?.errors?.[0]?.detail ?? body?.detail;
  if (detail) return detail;
  if (status === 0) return text("offline");
  if (status === 413) return text("file too large");
  if (status < 300) return text("unreadable response");
  return text("upload failed", { status });
}
