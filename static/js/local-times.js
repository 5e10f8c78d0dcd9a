// Shows moments in the visitor's time zone.

const { locale } = document.documentElement.dataset;
const styles = { dateStyle: "long", timeStyle: "short" };

for (const time of document.querySelectorAll("time[data-style]")) {
  time.textContent = time.dataset.style.replace(/\w+/g, (style) =>
    new Date(time.dateTime).toLocaleString(locale, { [style]: styles[style] }),
  );
}
