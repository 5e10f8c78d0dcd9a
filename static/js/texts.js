// What scripts say, in the page's language: its texts by name are JSON in the page (app/web/rendering/script_texts.py).

const { lang } = document.documentElement;
const texts = JSON.parse(document.querySelector("#texts").textContent);
const forms = new Intl.PluralRules(lang);

const written = (fact) => (typeof fact === "number" ? fact.toLocaleString(lang) : fact);

// The text of that name with its facts; one that counts has a form for each kind of `facts.count`.
export function text(name, facts = {}) {
  const known = texts[name];
  const form = typeof known === "string" ? known : (known[forms.select(facts.count)] ?? known.other);
  return form.replace(/%\((\w+)\)s/g, (_, fact) => written(facts[fact]));
}

export function filesize(bytes) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return amount.toLocaleString(lang, { style: "unit", unit, maximumFractionDigits: 1 });
}

export function percent(share) {
  return (Math.floor(share * 100) / 100).toLocaleString(lang, { style: "percent" });
}
