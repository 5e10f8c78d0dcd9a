// Lets photos of an album be dragged to another place, and saves the place with the form.

const list = document.querySelector(".arrangement");
let dragged = null;
let next = null; // the item after the dragged one, to which it goes back

function itemAt(target) {
  return (target.closest ? target : target.parentElement).closest(".arrangement > li");
}

function numberOf(item) {
  return list.start + [...list.children].indexOf(item);
}

function drop(item) {
  const place = item.querySelector("[name=place]");
  const number = numberOf(item);
  if (Number(place.defaultValue) === number) return;
  place.value = number;
  place.form.requestSubmit(place.form.querySelector("button:not([name])"));
}

if (list?.querySelector("[name=place]")) {
  for (const item of list.children) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    dragged = itemAt(event.target);
    next = dragged.nextElementSibling;
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
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", (event) => {
    if (!dragged) return;
    if (event.dataTransfer.dropEffect === "none") list.insertBefore(dragged, next);
    else drop(dragged);
    dragged = null;
  });
}
