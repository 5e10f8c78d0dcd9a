// Shows moments in the visitor's time zone, in the language of the page.

const { lang } = document.documentElement;
const locale = navigator.languages.find((it) => it.startsWith(lang)) ?? lang; // en-GB for en

for (const element of document.querySelectorAll("time[data-style]")) {
  const [dateStyle, timeStyle] = element.dataset.style.split(" ");
  const moment = new Date(element.dateTime);
  element.textContent = moment.toLocaleString(locale, { dateStyle, timeStyle });
}
