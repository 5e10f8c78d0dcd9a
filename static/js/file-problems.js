// Finds files that can't be uploaded, by the limits of the form.

import { formatFileSize, text } from "./texts.js";

const MEGABYTE = 1_000_000; // bytes

const form = document.querySelector("form.upload");
const maxUploadMb = Number(form.dataset.maxUploadMb);
const acceptedTypes = form.querySelector("input[name=photo]").accept.split(",");

// Returns { message, remedy }, or null if the file can be uploaded.
export function findProblem(file) {
  if (file.size > maxUploadMb * MEGABYTE) {
    const sizes = { size: formatFileSize(file.size), most: maxUploadMb };
    return { message: text("too large", sizes), remedy: null };
  }
  if (file.size === 0) return { message: text("empty file"), remedy: "choose again" };
  if (file.type && !hasSupportedType(file)) {
    return { message: text("unsupported type", form.dataset), remedy: null };
  }
  return null;
}

export function hasSupportedType(file) {
  return acceptedTypes.some((type) => isOfType(file, type));
}

function isOfType(file, type) {
  return type.startsWith(".") ? file.name.toLowerCase().endsWith(type) : file.type === type;
}
