// Shows moments in the visitor's time zone, in the language of the page as their region writes it.

const { lang } = document.documentElement;
const locale = navigator.languages.find((it) => `${it}-`.startsWith(`${lang}-`)) ?? lang;

for (const element of document.querySelectorAll("time[data-style]")) {
  const [dateStyle, timeStyle] = element.dataset.style.split(" ");
  const options = { dateStyle, timeStyle };
  element.textContent = new Date(element.dateTime).toLocaleString(locale, options);
}
