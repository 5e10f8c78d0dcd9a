// Estimates the time left of an upload from its average speed.

import { text } from "./texts.js";

const MIN_SECONDS = 2; // an earlier estimate would be a guess

let startTime;
let bytesAtStart;

export function startTimer(bytesSent) {
  startTime = performance.now();
  bytesAtStart = bytesSent;
}

// Returns a text, or an empty string while there is no estimate.
export function timeLeft(bytesSent, bytesTotal) {
  const seconds = (performance.now() - startTime) / 1000;
  if (seconds < MIN_SECONDS || bytesSent <= bytesAtStart || bytesSent >= bytesTotal) return "";
  const bytesPerSecond = (bytesSent - bytesAtStart) / seconds;
  const secondsLeft = (bytesTotal - bytesSent) / bytesPerSecond;
  if (secondsLeft < 60) return text("less than a minute");
  return text("minutes left", { count: Math.ceil(secondsLeft / 60) });
}
