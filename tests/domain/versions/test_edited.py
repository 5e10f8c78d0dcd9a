"""A form conflicts with an edit that it does not show, and with no other change."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.versions.edited import is_conflict, last_edit, last_edit_before


@dataclass(frozen=True)
class Note:
    """A record with one field that a form shows, and one that none shows."""

    text: str
    reads: int = 0
    version: int = 1
    edited_version: int | None = None

    def changed(self, **changes: object) -> "Note":
        after = replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
        return replace(after, edited_version=last_edit_before(self, after, ["text"]))


changes = st.one_of(
    st.fixed_dictionaries({"text": st.sampled_from(("Sea", "Hill"))}),
    st.fixed_dictionaries({"reads": st.integers(0, 3)}),
)


@given(st.lists(changes, max_size=8), st.lists(changes, max_size=8))
def test_a_form_conflicts_if_the_record_was_edited_since(
    before: list[dict[str, object]], since: list[dict[str, object]]
) -> None:
    """A text that was changed and changed back was edited too."""
    note = Note("Lake")
    for change in before:
        note = note.changed(**change)
    shown = note
    was_edited = False
    for change in since:
        was_edited = was_edited or change.get("text", note.text) != note.text
        note = note.changed(**change)
    assert is_conflict(shown.version, note, note.changed(text="Mine")) == was_edited
    assert (last_edit(note) > shown.version) == was_edited


@given(st.lists(changes, max_size=8))
def test_a_form_that_was_sent_twice_does_not_conflict(since: list[dict[str, object]]) -> None:
    """Its content is stored already, whatever was changed since. A forged version conflicts."""
    note = Note("Lake").changed(text="Mine")
    for change in since:
        note = note.changed(**change)
    assert not is_conflict(1, note, note.changed())
    for forged in (0, -1, note.version + 1):
        assert is_conflict(forged, note, note.changed())
