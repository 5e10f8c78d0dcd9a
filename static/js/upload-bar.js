// The bar at the bottom of the upload form: progress, pauses, result and actions.

import { formatDuration, formatFileSize, formatPercent, text } from "./texts.js";

const MIN_SECONDS = 2; // before an estimate of the time left

const bar = document.querySelector(".upload-bar");
const [progressBar, summary, actions] = bar.children;
const [headline, notes] = summary.children;
const [resultLink, loginLink, review, cancel, pauseButton, submit] = actions.children;
const liveRegion = bar.nextElementSibling;
const submitLabel = submit.textContent;

const PAUSES = {
  visitor: () => text("paused"),
  offline: () => text("paused offline"),
  login: () => text("paused without login"),
  connection: (time) => text("paused without connection", { time }),
  limit: (time) => text("paused by limit", { time }),
  busy: (time) => text("paused while busy", { time }),
};

let announcedQuarter;
let startTime;
let bytesAtStart;

const join = (separator, ...parts) => parts.filter(Boolean).join(separator);

export function announce(...parts) {
  const message = join(" ", ...parts);
  if (liveRegion.textContent !== message) liveRegion.textContent = message;
}

export function announceSummary() {
  announce(headline.textContent, notes.textContent);
}

export function startTimer(bytesSent) {
  announcedQuarter = 0;
  startTime = performance.now();
  bytesAtStart = bytesSent;
}

// Estimates from the average speed.
export function timeLeft(bytesSent, bytesTotal) {
  const seconds = (performance.now() - startTime) / 1000;
  if (seconds < MIN_SECONDS || bytesSent <= bytesAtStart || bytesSent >= bytesTotal) return "";
  const bytesPerSecond = (bytesSent - bytesAtStart) / seconds;
  const secondsLeft = (bytesTotal - bytesSent) / bytesPerSecond;
  if (secondsLeft < 60) return text("less than a minute");
  return text("minutes left", { count: Math.ceil(secondsLeft / 60) });
}

export function totals(tiles) {
  const counted = tiles.filter((tile) => tile.isCounted);
  const sum = (size) => counted.reduce((total, tile) => total + size(tile), 0);
  return {
    count: counted.length,
    sent: sum(({ file, sentShare }) => file.size * sentShare),
    total: sum(({ file }) => file.size),
  };
}

// `warnings` are about the whole upload.
export function render(queue, warnings) {
  const { tiles, isActive, pause } = queue;
  const { count, sent, total } = totals(tiles);
  const share = sent / (total || 1);
  const added = queue.in("added");
  const remaining = isActive && !pause && timeLeft(sent, total);
  const counts = { done: added.length, count, share: formatPercent(share) };
  const progress = isActive && text("progress", counts);
  const result = added.length > 0 && text("photos added", { count: added.length });
  const problems = describeProblems(queue);
  headline.textContent = pause ? describePause(pause) : join(" · ", progress || result, remaining);
  notes.textContent = join(" ", pause && progress, describeRemoved(added), problems, ...warnings);
  progressBar.value = share;
  progressBar.hidden = cancel.hidden = pauseButton.hidden = !isActive;
  pauseButton.textContent = pause ? text("resume") : text("pause");
  resultLink.hidden = isActive || !result;
  review.hidden = isActive || !problems;
  loginLink.hidden = !pause?.loginUrl;
  if (pause?.loginUrl) loginLink.href = pause.loginUrl;
  renderSubmit(queue);
  if (document.activeElement.hidden) summary.focus({ preventScroll: true });
  if (isActive && !pause) announceQuarter(Math.floor(share * 4), remaining);
}

function describePause({ reason, until }) {
  const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
  return PAUSES[reason](formatDuration(seconds));
}

function describeRemoved(added) {
  const count = added.filter(({ photo }) => photo.removed.includes("location")).length;
  return count && text("location removed", { count });
}

function describeProblems(queue) {
  const duplicates = queue.in("duplicate").length;
  const failed = queue.in("failed").length;
  return join(
    " ",
    duplicates && text("photos here already", { count: duplicates }),
    failed && text("photos failed", { count: failed }),
  );
}

function renderSubmit(queue) {
  const { count, total } = totals(queue.in("waiting"));
  const retryCount = queue.tiles.filter(({ remedy }) => remedy === "retry").length;
  submit.hidden = queue.isActive || (queue.tiles.length && !count && !retryCount);
  if (count) submit.textContent = text("add photos", { count, size: formatFileSize(total) });
  else submit.textContent = retryCount ? text("retry photos", { count: retryCount }) : submitLabel;
}

function announceQuarter(quarter, remaining) {
  if (quarter > announcedQuarter && quarter < 4) {
    announce(text("share uploaded", { share: formatPercent(quarter / 4) }), remaining);
  }
  announcedQuarter = Math.max(announcedQuarter, quarter);
}
