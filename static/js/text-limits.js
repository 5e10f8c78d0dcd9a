// Counts the characters of a text, or the tags of a list, while a visitor types, and says by how
// much it is too long. Nothing is cut off. The server checks the same limits
// (app/domain/photo_text.py, app/domain/tags.py).

import { createElement } from "./create-element.js";
import { text } from "./texts.js";

const SHOWN_FROM = 0.8; // of the limit
const ANNOUNCEMENT_DELAY = 1000; // milliseconds without a key, so as not to interrupt each letter
const TAG_SEPARATORS = /[,;\n、،]|\s(?=#)/;

const announcement = createElement("p", { className: "visually-hidden", role: "status" });
let announcementTimer;
let counters = 0;

function countLength(field) {
  counters += 1;
  const counter = createElement("p", { id: `counter-${counters}`, hidden: true });
  field.after(counter);
  const describedBy = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", [describedBy, counter.id].filter(Boolean).join(" "));
  field.addEventListener("input", () => {
    update(field, counter);
    field.ariaInvalid = String(Boolean(field.validationMessage));
  });
  if (field.ariaInvalid !== "true") update(field, counter); // or the server's error is there
}

function update(field, counter) {
  const { problem, progress } = field.dataset.maxTags ? checkTags(field) : checkText(field);
  if (problem !== field.validationMessage) announce(problem || progress);
  field.setCustomValidity(problem);
  counter.textContent = problem || progress;
  counter.className = problem ? "error" : "hint";
  counter.hidden = !counter.textContent;
}

function checkText(field) {
  const most = Number(field.dataset.maxLength);
  const count = countCharacters(field.value, field.name === "description");
  const problem = count > most ? text("text too long", { count: count - most, most }) : "";
  const isNear = count >= SHOWN_FROM * most;
  return { problem, progress: isNear ? text("characters of limit", { count, most }) : "" };
}

function checkTags({ value, dataset }) {
  const most = Number(dataset.maxTags);
  const tags = splitTags(value);
  const isNear = tags.length >= SHOWN_FROM * most;
  const progress = isNear ? text("tags of limit", { count: tags.length, most }) : "";
  return { problem: tagProblem(tags, most, Number(dataset.maxLength)), progress };
}

function tagProblem(tags, mostTags, mostCharacters) {
  const longTag = tags.find((tag) => [...tag].length > mostCharacters);
  if (longTag) {
    const characters = [...longTag];
    const count = characters.length - mostCharacters;
    const tag = characters.slice(0, 20).join("");
    return text("tag too long", { tag, count, most: mostCharacters });
  }
  const count = tags.length - mostTags;
  return count > 0 ? text("too many tags", { count, most: mostTags }) : "";
}

function splitTags(value) {
  const parts = value.normalize("NFKC").toLowerCase().normalize("NFKC").split(TAG_SEPARATORS);
  const tags = parts.map((part) => part.trim().replace(/^[# ]+/, "").replace(/\s+/g, " "));
  return [...new Set(tags)].filter(Boolean);
}

// Counts code points, as Python does.
function countCharacters(value, hasLines) {
  const normalized = value.normalize().trim();
  return [...(hasLines ? normalized : normalized.replace(/\s+/g, " "))].length;
}

function announce(message) {
  clearTimeout(announcementTimer);
  announcementTimer = setTimeout(() => {
    announcement.textContent = message;
  }, ANNOUNCEMENT_DELAY);
}

document.querySelector("main").append(announcement);
document.querySelectorAll("[data-max-length]").forEach(countLength);
