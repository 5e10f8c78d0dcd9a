// Shows moments in the visitor's time zone, in the formats of the page.

const { locale } = document.documentElement.dataset;

for (const element of document.querySelectorAll("time[data-style]")) {
  const [dateStyle, timeStyle] = element.dataset.style.split(" ");
  const moment = new Date(element.dateTime);
  element.textContent = moment.toLocaleString(locale, { dateStyle, timeStyle });
}
