"""Words: what a text is found by, folded alike for every engine, and where in the text they stand.

Case, diacritics (ё is е; й stays a letter of its own), compatibility forms, Hebrew and Arabic vowel points and
invisible characters make no difference. A word is a run of letters, digits and other marks; a symbol such as an emoji
is a word of its own; everything else separates. Scripts that are written without spaces (Chinese, Japanese, Thai, …)
are cut into overlapping pairs of characters, so that any two neighbours are found, and one character as the beginning
of a pair.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from typing import NamedTuple

VERSION = 1
"""Changes whenever the same text would give other words: engines then index everything anew."""

LONGEST = 64
"""Longer words are cut here."""

_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef]"
)
_TOKEN = re.compile(r"\S+")
_REMEMBERED = 0x3000


class Wanted(NamedTuple):
    """What to find: a text with all these words and, where ``begins`` is not empty, also with a longer word that begins
    with it, but without the word ``begins`` itself.
    """

    words: tuple[str, ...]
    begins: str = ""

    def finds(self, words: Set[str]) -> bool:
        """Say whether a text of these words is what is wanted."""
        if not words >= set(self.words):
            return False
        return not self.begins or (self.begins not in words and any(word.startswith(self.begins) for word in words))


class Span(NamedTuple):
    """A word and where it stands, in code points."""

    word: str
    start: int
    end: int


class _Folds(dict[int, str]):
    """What each character becomes: its folded letters, nothing, or a space. Remembers alphabets, not ideograms."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if code < _REMEMBERED:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def words_of(text: str) -> set[str]:
    """Return the words that a text is found by."""
    if text.isascii():
        return {token[:LONGEST] for token in text.translate(_FOLDS).split()}
    return {word for token in _composed(text).translate(_FOLDS).split() for word, _, _ in _cut(token, indexed=True)}


def words_asked(text: str) -> list[str]:
    """Return the words of what somebody looks for, each once, in their order."""
    tokens = _composed(text).translate(_FOLDS).split()
    return list(dict.fromkeys(word for token in tokens for word, _, _ in _cut(token, indexed=False)))


def checked_word(word: str) -> str:
    """Return the word. Raises ValueError for what can not be one of `words_asked`."""
    if words_asked(word) != [word]:
        raise ValueError(f"not a word: {word!r}")
    return word


def spans(text: str, most: int) -> Iterator[Span]:
    """Return where the words of the text's first ``most`` code points stand."""
    parts = [_FOLDS[ord(char)] for char in _composed(text[:most])]
    origin = [place for place, part in enumerate(parts) for _ in part]
    for token in _TOKEN.finditer("".join(parts)):
        for word, start, end in _cut(token[0], indexed=True):
            last = origin[token.start() + end - 1] + 1
            while last < len(parts) and not parts[last]:
                last += 1  # what was folded away belongs to the letter before it
            yield Span(word, origin[token.start() + start], last)


def _composed(text: str) -> str:
    """Keep й one letter, in place; normalizing the whole text would take a hostile one's length squared."""
    return text if text.isascii() else text.replace("и\u0306", "й\u0301").replace("И\u0306", "Й\u0301")


def _cut(token: str, *, indexed: bool) -> Iterator[Span]:
    """Return the words of a token and their places in it."""
    if token.isascii():
        yield Span(token[:LONGEST], 0, len(token))
        return
    place = 0
    for number, part in enumerate(_SPACELESS.split(token)):
        if number % 2:
            yield from _pairs(part, place, indexed)
        elif part:
            yield Span(part[:LONGEST], place, place + len(part))
        place += len(part)


def _pairs(run: str, place: int, indexed: bool) -> Iterator[Span]:
    """Return each two neighbours and, of what is indexed, the last character alone, so that it begins a word too."""
    for at in range(len(run) - 1):
        yield Span(run[at : at + 2], place + at, place + at + 2)
    if indexed or len(run) == 1:
        yield Span(run[-1], place + len(run) - 1, place + len(run))


def _fold(char: str) -> str:
    if char in "йЙ":
        return "й"
    letters = _DROPPED.sub("", unicodedata.normalize("NFKD", char).casefold())
    return "".join(map(_shown, unicodedata.normalize("NFC", letters)))


def _shown(char: str) -> str:
    if char.isalnum():
        return char
    category = unicodedata.category(char)
    if category[0] == "M":
        return char
    return {"So": f" {char} ", "Cf": ""}.get(category, " ")
