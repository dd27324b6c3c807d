"""The pattern language of the offline analyst's rules: what each sign matches, what it does not, what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.offline.phrases import MAX_NEAR_WORDS, Index, PatternError, parse, split_words

WORDS = {"we": parse("(we|the company)"), "service": parse("(service*|site)")}


def matching(pattern: str, *sentences: str) -> list[int]:
    """Numbers of the sentences that have the pattern."""
    return sorted(Index(sentences, WORDS).find(parse(pattern)))


MATCHES = {
    "words next to each other": ("binding arbitration", "By binding arbitration, not in court."),
    "capitals do not matter": ("binding arbitration", "BINDING ARBITRATION applies."),
    "nor do commas between": ("binding arbitration", "Final, binding, arbitration."),
    "nor hyphens, in the text": ("opt out", "You may opt-out."),
    "nor hyphens, in the pattern": ("opt-out", "You may opt out."),
    "nor the kind of apostrophe": ("don't", "We don’t sell data."),
    "nor quotation marks": ("as is", "Offered “as is”."),
    "the beginning of a word": ("terminat*", "Upon termination of the account."),
    "the word itself as its beginning": ("terminate*", "We terminate."),
    "the first of several": ("(settled|resolved finally)", "It is settled there."),
    "the last of several, of two words": ("(settled|resolved finally)", "It is resolved finally there."),
    "a word that may be left out, present": ("without (prior)? notice", "Without prior notice."),
    "a word that may be left out, absent": ("without (prior)? notice", "Without notice."),
    "a first word that may be left out, present": ("(prior)? notice", "With prior notice."),
    "a first word that may be left out, absent": ("(prior)? notice", "With notice."),
    "two first words that may be left out": ("(any)? (prior)? notice", "With notice."),
    "one of two first words that may be left out": ("(any)? (prior)? notice ~ given", "With prior notice given."),
    "a last word that may be left out": ("with notice (given)?", "With notice."),
    "a list of words": ("{we} decide", "Then the company decide alone."),
    "a list inside a choice": ("({we}|staff) decide", "We decide alone."),
    "near: the next word": ("we ~ change", "We change it."),
    "near: eight words between": ("we ~ change", "We a b c d e f g h change it."),
    "anywhere later": ("we .. change", "We a b c d e f g h i j k l m n change it."),
    "both, in this order": ("arbitration & waive", "Arbitration means that you waive a jury."),
    "both, in the other order": ("arbitration & waive", "You waive a jury in arbitration."),
    "one without the other": ("sell ! not", "We sell data."),
    "two that must be absent": ("sell ! not & never", "We sell data."),
    "nested choices": ("(right (to|of) (cancel|return)|refund)", "You have a right of return."),
    "a chain of three": ("we ~ may .. change", "We may, at any time and as we like, and without notice, change it."),
    "a sign for money": ("$ 5", "It costs $5."),
    "a section sign": ("§ 7", "See § 7."),
}

MISMATCHES = {
    "words in the other order": ("binding arbitration", "Arbitration is binding."),
    "a word between": ("binding arbitration", "Binding private arbitration."),
    "a longer word": ("terminate", "We terminated it."),
    "another beginning": ("terminat*", "We exterminate nothing."),
    "what may be left out, without the rest": ("(prior)? notice", "A prior letter."),
    "a gap after what may be left out": ("(prior)? notice ~ given", "Notice a b c d e f g h i given."),
    "none of several": ("(settled|resolved finally)", "It is resolved later."),
    "near: nine words between": ("we ~ change", "We a b c d e f g h i change it."),
    "near: before instead of after": ("we ~ change", "Change it as we like."),
    "later: before instead of after": ("we .. change", "Change it as we like."),
    "one of both": ("arbitration & waive", "Arbitration is private."),
    "with what must be absent": ("sell ! not", "We do not sell data."),
    "with one of two that must be absent": ("sell ! not & never", "We never sell data."),
}


@pytest.mark.parametrize(("pattern", "sentence"), MATCHES.values(), ids=list(MATCHES))
def test_matches(pattern: str, sentence: str) -> None:
    assert matching(pattern, sentence) == [0]


@pytest.mark.parametrize(("pattern", "sentence"), MISMATCHES.values(), ids=list(MISMATCHES))
def test_does_not_match(pattern: str, sentence: str) -> None:
    assert matching(pattern, sentence) == []


@pytest.mark.parametrize("pattern", ["we change", "we ~ change", "we .. change", "we & change"])
def test_no_match_continues_in_the_next_sentence(pattern: str) -> None:
    assert matching(pattern, "It is up to we", "change it") == []


def test_every_matching_sentence_is_found_and_no_other() -> None:
    sentences = ("We may change fees.", "Fees stay.", "The company may change fees.", "You may change plans.")
    assert matching("{we} may change", *sentences) == [0, 2]


def test_a_forbidden_word_excludes_only_its_own_sentence() -> None:
    assert matching("sell ! not", "We sell data.", "We do not.", "We do not sell it.") == [0]


MISTAKES = {
    "nothing at all": ("", "nothing to look for"),
    "only what must be absent": ("! not", "without words"),
    "a bracket that is not closed": ("(settled|resolved", "not closed"),
    "a bracket that is not opened": ("settled) here", "unexpected ')'"),
    "an empty choice": ("(|settled)", "without words"),
    "a gap at the end": ("we ~", "without words"),
    "what must be absent, inside a bracket": ("(sell ! not)", "not closed"),
    "a question mark after a word": ("prior? notice", "'?' follows a bracket only"),
    "a bar outside a bracket": ("settled | resolved", "unexpected '|'"),
    "a list with a capital": ("{We} change", "cannot read '{We}"),
    "an asterisk alone": ("*", "no word"),
}


@pytest.mark.parametrize(("pattern", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_an_error_names_the_mistake_and_the_pattern(pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as error:
        parse(pattern)
    assert message in str(error.value)
    assert repr(pattern) in str(error.value)


_VOCABULARY = st.sampled_from(["we", "may", "not", "change", "the", "fees", "service", "a"])
_SENTENCE = st.lists(_VOCABULARY, max_size=30)


@given(st.lists(_SENTENCE, min_size=1, max_size=5), _VOCABULARY, _VOCABULARY)
def test_near_is_at_most_eight_words_between(sentences: list[list[str]], first: str, second: str) -> None:
    def near(words: list[str]) -> bool:
        return any(
            words[a] == first and words[b] == second and 0 <= b - a - 1 <= MAX_NEAR_WORDS
            for a in range(len(words))
            for b in range(a + 1, len(words))
        )

    texts = [" ".join(words) for words in sentences]
    assert matching(f"{first} ~ {second}", *texts) == [n for n, words in enumerate(sentences) if near(words)]


@given(st.text())
def test_words_of_any_text_are_lower_case_and_have_no_white_space(text: str) -> None:
    assert all(word and word == word.lower() and not word.isspace() for word in split_words(text))
