"""Which language a text is written in, for the copy we write about it and for number and abbreviation rules."""


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the text's main language; None under 40 letters, where a guess would be noise."""
    from py3langid import langid

    sample = text[:6000]
    if sum(character.isalpha() for character in sample) < 40:
        return None
    code: str = langid.classify(sample)[0]
    return code
