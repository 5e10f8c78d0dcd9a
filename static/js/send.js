// Sends one file the way the upload form would, and reads the server’s answer.

import { text } from "./texts.js";

const TRIES = 6;

// Resolves with { status, body, retryAfter }; status 0 is a connection that broke. `onprogress` is told the share sent.
// `words` are the form's other fields: its upload_id among them, so that a photo which arrived though its answer
// did not is not made a second time.
export function post(url, words, name, file, onprogress) {
  const data = new FormData();
  for (const [field, value] of words) data.append(field, value);
  data.append(name, file);
  const request = new XMLHttpRequest(); // fetch tells nothing of an upload's progress
  return new Promise((resolve) => {
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onloadend = () => resolve({
      status: request.status,
      body: parsed(request.responseText),
      retryAfter: Number(request.getResponseHeader("Retry-After")),
    });
    request.send(data);
  });
}

function parsed(answer) {
  try {
    return JSON.parse(answer);
  } catch {
    return null;
  }
}

// Seconds to wait before another try, or null where another try would end the same way.
export function pauseBefore({ status, retryAfter }, tries) {
  if (![0, 429, 502, 503, 504].includes(status) || tries >= TRIES) return null;
  return retryAfter || 2 ** (tries - 1);
}

export function reasonOf({ status, body }) {
  const detail = body?.errors?.[0]?.detail ?? body?.detail;
  if (detail) return detail;
  if (status === 0) return text("broke");
  if (status === 413) return text("refused");
  return text("not taken", { status });
}
