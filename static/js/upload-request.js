// Uploads one file with the form's fields, and interprets the response.

import { text } from "./texts.js";

const MAX_ATTEMPTS = 6;
const RETRYABLE_STATUSES = [0, 429, 502, 503, 504];

// Resolves with { status, body, retryAfter }. Status 0 means that the connection failed. Calls
// `onprogress` with the share of bytes sent. `fields` include the form's upload_id: if a response
// was lost, a second request with the same file makes no second photo.
export function postFile(url, fields, fileFieldName, file, onprogress) {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  data.append(fileFieldName, file);
  const request = new XMLHttpRequest(); // fetch() reports no upload progress
  return new Promise((resolve) => {
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onloadend = () => resolve({
      status: request.status,
      body: parseJson(request.responseText),
      retryAfter: Number(request.getResponseHeader("Retry-After")),
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

// Returns the seconds to wait before another attempt, or null if another attempt would fail too.
export function retryDelay({ status, retryAfter }, attempts) {
  if (!RETRYABLE_STATUSES.includes(status) || attempts >= MAX_ATTEMPTS) return null;
  return retryAfter || 2 ** (attempts - 1);
}

export function errorMessage({ status, body }) {
  const detail = body?.errors?.[0]?.detail ?? body?.detail;
  if (detail) return detail;
  if (status === 0) return text("offline");
  if (status === 413) return text("file too large");
  return text("upload failed", { status });
}
