// Continues an action on many photos after a pause. Any key, click or change of focus stops it.

const PAUSE = 3000; // milliseconds

const form = document.getElementById("action");
const notice = document.getElementById("continuation");
const stop = document.getElementById("stop");
const timer = setTimeout(() => form.requestSubmit(), PAUSE);
const listeners = new AbortController();

function pause() {
  clearTimeout(timer);
  notice.textContent = notice.dataset.paused;
}

notice.textContent = notice.dataset.running;
stop.focus();
for (const type of ["keydown", "pointerdown", "focusin"]) {
  document.addEventListener(type, pause, { signal: listeners.signal });
}
form.addEventListener("submit", () => listeners.abort());
