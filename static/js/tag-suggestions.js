// Suggests existing tags in a <datalist> while a visitor types.

import { createElement } from "./create-element.js";

const MAX_SUGGESTIONS = 8;

const field = document.querySelector("[data-suggestions-url]");
const datalist = createElement("datalist", { id: "tag-suggestions" });

// A <datalist> option replaces the whole field, so each suggestion repeats the tags before the last
// comma.
function suggest(tags) {
  const [, earlierTags, prefix] = /^(.*[,;，、،]\s*)?(.*)$/s.exec(field.value.toLowerCase());
  const usedTags = (earlierTags ?? "").split(/[,;，、،]/).map((tag) => tag.trim());
  const matches = tags.filter(
    (tag) => tag.startsWith(prefix) && tag !== prefix && !usedTags.includes(tag),
  );
  const earlierText = field.value.slice(0, (earlierTags ?? "").length);
  const options = matches
    .slice(0, MAX_SUGGESTIONS)
    .map((tag) => createElement("option", { value: earlierText + tag }));
  datalist.replaceChildren(...options);
}

async function start() {
  const response = await fetch(field.dataset.suggestionsUrl);
  if (!response.ok) return;
  const tags = await response.json();
  field.after(datalist);
  field.setAttribute("list", datalist.id);
  field.addEventListener("input", () => suggest(tags));
  suggest(tags);
}

// A network error only means that there are no suggestions.
field?.addEventListener("focus", () => start().catch(() => {}), { once: true });
