// Uploads one file with the form's fields, and interprets the response.

import { text } from "./texts.js";

const MAX_ATTEMPTS = 6;
const MAX_WAIT = 3600; // seconds; after a longer Retry-After the visitor has to retry
const PAUSES = { 0: "connection", 429: "limit", 502: "busy", 503: "busy", 504: "busy" };

// Resolves with { status, body, retryAfter }. Status 0 means that the connection failed, or that
// `signal` aborted the request. Calls `onprogress` with the share of bytes sent. `fields` include
// the form's upload_id: if a response was lost, a second request with the same file makes no second
// photo.
export function postFile(url, fields, fileFieldName, file, { onprogress, signal }) {
  const data = new FormData();
  for (const [name, value] of fields) data.set(name, value); // the last value counts
  data.append(fileFieldName, file);
  const request = new XMLHttpRequest(); // fetch() reports no upload progress
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve) => {
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onloadend = () => resolve({
      status: request.status,
      body: parseJson(request.responseText),
      retryAfter: parseRetryAfter(request.getResponseHeader("Retry-After")),
    });
    request.send(data);
  });
}

function parseJson(responseText) {
  try {
    return JSON.parse(responseText);
  } catch {
    return null;
  }
}

// Returns seconds; the header has seconds or a date (RFC 9110, section 10.2.3).
function parseRetryAfter(header) {
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return seconds;
  return Math.max(0, Math.ceil((Date.parse(header) - Date.now()) / 1000)) || 0;
}

// Returns what to do after a response, which is one of:
//   { photo }                       the photo was added
//   { pause, seconds?, loginUrl? }  send this file again after a pause, for one of the reasons
//                                   "offline", "login", "connection", "limit" and "busy"
//   { message, remedy }             the file failed; the remedy is "retry" or "choose again"
export function nextStep(response, attempts) {
  const { status, body, retryAfter } = response;
  const photo = body?.photos?.[0];
  if (photo) return { photo };
  if (status === 0 && !navigator.onLine) return { pause: "offline" };
  if (body?.login_url) return { pause: "login", loginUrl: body.login_url };
  const pause = PAUSES[status];
  if (pause && attempts < MAX_ATTEMPTS && retryAfter <= MAX_WAIT) {
    return { pause, seconds: retryAfter || 2 ** (attempts - 1) };
  }
  return { message: errorMessage(response), remedy: "retry" };
}

// Resolves with whether the file can still be read as it was chosen. On Android, files of Google
// Drive and Google Photos can change or go. Chromium then fails to send the file, and Firefox sends
// a request that never ends.
export async function isReadable(file) {
  let size = 0;
  const counter = new WritableStream({ write: (chunk) => (size += chunk.length) });
  try {
    await file.stream().pipeTo(counter);
  } catch {
    return false;
  }
  return size === file.size;
}

function errorMessage({ status, body }) {
  const detail = body?.errors?.[0]?.detail ?? body?.detail;
  if (detail) return detail;
  if (status === 0) return text("offline");
  if (status === 413) return text("file too large");
  if (status < 300) return text("unreadable response");
  return text("upload failed", { status });
}
