// Texts of scripts: app/web/rendering/script_texts.py

const { lang, dataset: { locale } } = document.documentElement;
const texts = JSON.parse(document.querySelector("#script-texts").textContent);
const pluralRules = new Intl.PluralRules(lang);

const format = (value) => (typeof value === "number" ? value.toLocaleString(locale) : value);

// Returns the text with its values. `values.count` chooses the plural form.
export function text(name, values = {}) {
  const entry = texts[name];
  const pattern =
    typeof entry === "string" ? entry : (entry[pluralRules.select(values.count)] ?? entry.other);
  return pattern.replace(/%\((\w+)\)s/g, (_, placeholder) => format(values[placeholder]));
}

export function formatFileSize(bytes) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const maximumFractionDigits = +(amount < 100);
  const options = { style: "unit", unit, maximumFractionDigits, roundingMode: "halfEven" };
  return amount.toLocaleString(locale, options).replace(" ", "\xa0");
}

export function formatDuration(seconds) {
  const [amount, unit] = seconds < 120 ? [seconds, "second"] : [seconds / 60, "minute"];
  const options = { style: "unit", unit, unitDisplay: "long" };
  return Math.ceil(amount).toLocaleString(locale, options);
}

export function formatPercent(share) {
  return (Math.floor(share * 100) / 100).toLocaleString(locale, { style: "percent" });
}
