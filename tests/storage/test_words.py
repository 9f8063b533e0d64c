"""Words: cut and folded alike wherever they stand, whatever the text."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.words import LONGEST, Wanted, spans, words_asked, words_of

CHARS = st.one_of(
    st.characters(exclude_categories=["Cs"]), st.sampled_from("aZ é\u0301и\u0306йЁ全文が\u3099ß'\"🎉\u200d")
)
TEXTS = st.text(CHARS, max_size=60)


@given(TEXTS)
def test_a_text_is_found_by_what_is_asked_in_its_own_words(text):
    words = words_of(text)
    assert words.issuperset(words_asked(text))
    assert all(words_asked(word) == [word] and len(word) <= LONGEST for word in words)


@given(TEXTS)
def test_every_word_has_its_place(text):
    places = list(spans(text, 1000))
    assert {word for word, _, _ in places} == words_of(text)
    for word, start, end in places:
        assert 0 <= start < end <= len(text)
        assert word in words_of(text[start:end])


@given(TEXTS, st.integers(0, 60))
def test_places_are_given_of_the_beginning_only(text, most):
    assert all(end <= most for _, _, end in spans(text, most))


def test_each_character_there_is_folds_to_words_that_stay_as_they_are():
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code <= 0xDFFF:
            for word in words_of(chr(code)):
                assert words_asked(word) == [word], hex(code)
                assert '"' not in word


@pytest.mark.parametrize("text", ["\u0301\u0327" * 50_000, "и\u0306" * 50_000, "全" * 100_000, "x " * 50_000])
def test_a_hostile_text_takes_no_longer_than_its_length(text):
    began = time.process_time()
    words_of(text)
    assert time.process_time() - began < 2


def test_what_is_wanted_is_all_words_and_a_longer_one():
    assert Wanted(("a", "b")).finds({"a", "b", "c"})
    assert not Wanted(("a", "b")).finds({"a"})
    assert Wanted(("a",), "b").finds({"a", "bc"})
    assert not Wanted(("a",), "b").finds({"a", "b"})
    assert not Wanted(("a",), "b").finds({"a", "b", "bc"})
