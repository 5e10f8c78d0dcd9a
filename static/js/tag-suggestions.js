// Offers tags that other photos carry, in the browser's own list, for the tag that is being typed.

import { element } from "./element.js";

const OFFERED = 8;

const field = document.querySelector("[data-suggestions]");
const list = element("datalist", { id: "tag-suggestions" });

// A browser's list replaces the whole field, so every suggestion brings along the tags before the last comma.
function suggest(tags) {
  const [, before, typed] = /^(.*[,;，、،]\s*)?(.*)$/s.exec(field.value.toLowerCase());
  const taken = (before ?? "").split(/[,;，、،]/).map((tag) => tag.trim());
  const fitting = tags.filter((tag) => tag.startsWith(typed) && tag !== typed && !taken.includes(tag));
  const kept = field.value.slice(0, (before ?? "").length);
  list.replaceChildren(...fitting.slice(0, OFFERED).map((tag) => element("option", { value: kept + tag })));
}

async function start() {
  const answer = await fetch(field.dataset.suggestions);
  if (!answer.ok) return;
  const tags = await answer.json();
  field.after(list);
  field.setAttribute("list", list.id);
  field.addEventListener("input", () => suggest(tags));
  suggest(tags);
}

// Without the network there are no suggestions, and nothing else is missing.
field?.addEventListener("focus", () => start().catch(() => {}), { once: true });
