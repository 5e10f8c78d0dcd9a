// How long what is being sent will still take, by how fast it went so far.

import { text } from "./texts.js";

const SURE = 2; // seconds before which nothing is said

let began;
let before; // bytes that were sent when this began

export function startTiming(sent) {
  [began, before] = [performance.now(), sent];
}

// In words, or nothing while it would be a guess.
export function timeLeft(sent, total) {
  const seconds = (performance.now() - began) / 1000;
  if (seconds < SURE || sent <= before || sent >= total) return "";
  const left = (total - sent) / ((sent - before) / seconds);
  return left < 60 ? text("soon") : text("left", { count: Math.ceil(left / 60) });
}
