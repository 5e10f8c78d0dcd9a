// Closes an open menu with Esc and when the visitor clicks or moves the focus outside of it. Prints
// the whole address of the page: the server may know only its path.

document.querySelector(".print-only span").textContent = location.origin + location.pathname;

const findOpenMenu = () => document.querySelector(".menu[open]");

addEventListener("keydown", (event) => {
  const menu = findOpenMenu();
  if (event.key !== "Escape" || !menu) return;
  event.preventDefault(); // other scripts leave this key alone
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const type of ["pointerdown", "focusin", "pagehide"]) {
  addEventListener(type, ({ target }) => {
    const menu = findOpenMenu();
    if (menu && !menu.contains(target)) menu.open = false;
  });
}
