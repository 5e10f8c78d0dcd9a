"""Write catalogs with a few texts, for tests of languages that the site may not have."""

from pathlib import Path

CATALOG = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Photos"
msgstr "Photos in {name}"

msgid "%(count)s photo"
msgid_plural "%(count)s photos"
msgstr[0] "one in {name}"
msgstr[1] "more in {name}"
"""


def write_catalogs(folder: Path, *names: str) -> None:
    """Write a catalog for each of the locales into a folder."""
    for name in names:
        path = folder / name / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        path.write_text(CATALOG.format(name=name), encoding="utf-8")
