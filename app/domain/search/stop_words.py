"""The stop words: articles, prepositions and the like, which tell little about a photo.

A text may be in any language, so there is one set for all. It is small, since a search ignores
these words: `low tide in the bay` finds the photos of `low tide bay`.
"""

# Folded as by `fold_text`, and of one script with spaces.
_ENGLISH = "a an and at by for from in is it its of on or s the to was with"
_GERMAN = "am auf aus bei das dem den der des die ein eine im ist mit und vom von zu zum zur"
_FRENCH = "au aux avec dans de des du en et la le les par pour un une"
_SPANISH = "al con del el los las por una y"
_ITALIAN = "con da di e i il lo nel"

STOP_WORDS = frozenset(
    word for words in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN) for word in words.split()
)
