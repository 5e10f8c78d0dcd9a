// Lets photos of an album be dragged to another place, and saves the place with the form.

const list = document.querySelector(".arrangement");
let dragged = null;

function itemAt(target) {
  return target.closest(".arrangement > li");
}

function numberOf(item) {
  return list.start + [...list.children].indexOf(item);
}

if (list?.querySelector("[name=place]")) {
  for (const item of list.children) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    dragged = itemAt(event.target);
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const item = itemAt(event.target);
    if (!dragged || !item) return;
    event.preventDefault();
    const { top, height } = item.getBoundingClientRect();
    const isAfter = event.clientY > top + height / 2;
    if (item !== dragged) item[isAfter ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    const place = dragged.querySelector("[name=place]");
    const number = numberOf(dragged);
    if (Number(place.defaultValue) === number) return;
    place.value = number;
    place.form.requestSubmit(place.form.querySelector("button:not([name])"));
  });
}
