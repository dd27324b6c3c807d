"""How recognized words are set: type size from what tesseract measured of their line, bold from their strokes."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean, median
from typing import Any, NamedTuple, TypeAlias

Picture: TypeAlias = Any  # a Pillow image in gray

_ALIKE = 0.12  # measures of one type size waver by so much around it
_THICK, _THICK_LINE = 1.27, 1.18  # times the usual stroke, in proportion to the type size: a bold word, a bold line
_OPENING = 2  # words that open a line in bold
_DARK = 128  # gray below which a pixel is ink
_LEAST_INK = 40  # pixels of a word from which its strokes can be measured
_FEWEST = 30  # words from which a page says what is usual on it


class Seen(NamedTuple):
    """A word as tesseract gives it, in pixels; ``size`` is that of its line."""

    line: int
    text: str
    box: tuple[int, int, int, int]  # left, top, right, bottom
    top: float  # of its line
    bottom: float
    size: float


def sizes(words: Sequence[Seen]) -> list[float]:
    """The type size of each word in pixels; sizes that differ by less than measures waver are one size."""
    weights: Counter[float] = Counter()
    for word in words:
        weights[round(word.size)] += len(word.text)
    settled: dict[float, float] = {}
    for size, _ in weights.most_common():
        settled[size] = next((one for one in settled.values() if abs(size / one - 1) <= _ALIKE), max(size, 1.0))
    return [settled[round(word.size)] for word in words]


def bold(words: Sequence[Seen], picture: Picture) -> list[bool]:
    """Whether each word is bold: a whole line by its mean, else what opens it; single thick words are the scanner's."""
    strokes = [_stroke(word, picture) for word in words]
    measured = [stroke for stroke in strokes if stroke is not None]
    if len(measured) < _FEWEST:
        return [False] * len(words)
    usual = median(measured)
    found: list[bool] = []
    for _, places in groupby(range(len(words)), lambda at: words[at].line):
        line = [strokes[at] for at in places]
        found += _of_line([None if one is None else one / usual for one in line])
    return found


def _of_line(strokes: Sequence[float | None]) -> list[bool]:
    """The words of a line by their strokes, 1 being usual; a sign that has none is set as the words before it."""
    known = [stroke for stroke in strokes if stroke is not None]
    if known and fmean(known) >= _THICK_LINE:
        return [True] * len(strokes)
    plain = next((at for at, one in enumerate(strokes) if one is not None and one < _THICK), len(strokes))
    opening = sum(one is not None for one in strokes[:plain])
    return [opening >= _OPENING and at < plain for at in range(len(strokes))]


def _stroke(word: Seen, picture: Picture) -> float | None:
    """Mean thickness of the word's strokes in type sizes: ink over the ink at its edge, whatever the letters."""
    from PIL import ImageFilter

    if sum(character.isalnum() for character in word.text) < 2:
        return None
    left, top, right, bottom = word.box
    ink = picture.crop((left - 1, top - 1, right + 1, bottom + 1)).point(lambda gray: 255 if gray < _DARK else 0)
    area = ink.histogram()[255]
    edge = area - ink.filter(ImageFilter.MinFilter(3)).histogram()[255]
    return area / edge / max(word.size, 1.0) if area >= _LEAST_INK and edge else None
