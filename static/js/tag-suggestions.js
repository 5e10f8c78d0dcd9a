// Suggests existing tags while a visitor types: in a <datalist>, or as links below a search field.

import { createElement } from "./create-element.js";

const MAX_SUGGESTIONS = 8;

const field = document.querySelector("[data-suggestions-url]");
const links = document.querySelector("[data-tags-url]");
const list = links ?? createElement("datalist", { id: "tag-suggestions" });

// A <datalist> option replaces the whole field, so each suggestion repeats the tags before the last
// comma.
function suggest(tags) {
  const [, earlierTags = "", prefix] = /^(.*[,;，、،]\s*)?(.*)$/s.exec(field.value.toLowerCase());
  const usedTags = earlierTags.split(/[,;，、،]/).map((tag) => tag.trim());
  const matches = tags.filter(
    (tag) => tag.startsWith(prefix) && (links || tag !== prefix) && !usedTags.includes(tag),
  );
  const earlierText = field.value.slice(0, earlierTags.length);
  const option = (tag) => createElement("option", { value: earlierText + tag });
  list.replaceChildren(...matches.slice(0, MAX_SUGGESTIONS).map(links ? linkTo : option));
}

function linkTo(tag) {
  const href = `${links.dataset.tagsUrl}/${encodeURIComponent(tag)}`;
  const link = createElement("a", { href, className: "tag", dir: "auto", textContent: tag });
  return createElement("li", {}, link);
}

async function start() {
  const response = await fetch(field.dataset.suggestionsUrl);
  if (!response.ok) return;
  const tags = await response.json();
  if (!links) {
    field.after(list);
    field.setAttribute("list", list.id);
  }
  field.addEventListener("input", () => suggest(tags));
  suggest(tags);
}

// A network error only means that there are no suggestions.
const event = field?.autofocus ? "input" : "focus";
field?.addEventListener(event, () => start().catch(() => {}), { once: true });
