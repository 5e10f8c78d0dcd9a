// A click on a checkbox with Shift selects, or clears, all photos from the last one clicked. A link
// selects or clears those of its day, or of the page, without a request.

const boxes = [...document.querySelectorAll(".photo-selection [type=checkbox]")];
let last = null;

function select(box) {
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
}

for (const box of boxes) {
  box.addEventListener("click", (event) => {
    if (event.shiftKey && last) select(box);
    last = box;
  });
}

for (const link of document.querySelectorAll("[data-select]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const part = link.closest(".day, form");
    const isChecked = link.dataset.select === "all";
    for (const box of boxes) if (part.contains(box)) box.checked = isChecked;
  });
}
