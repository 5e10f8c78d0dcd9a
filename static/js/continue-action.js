// Continues an action on many photos, batch by batch. "Stop" has a moment to be pressed.

const PAUSE = 1000; // milliseconds

const form = document.getElementById("action");
const timer = setTimeout(() => form.requestSubmit(), PAUSE);

form.addEventListener("click", () => clearTimeout(timer));
