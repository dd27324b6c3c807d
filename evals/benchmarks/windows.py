"""How full the windows of a document are, and how many change when a sentence is edited or a clause inserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from classifiers.model.tokens import count_tokens
from classifiers.model.windows import cut_windows
from smallprint.records import Clause, Document
from smallprint.settings import Settings

BUDGET = int(Settings.model_fields["window_tokens"].default)  # tokens per window
_EDITS = 20  # of each kind
_MIN_TOKENS_PER_WINDOW = 2500  # of the document, plus one window; under half the budget, as windows end at sections
_MAX_CHANGED_WINDOWS = 2  # by one edit: that of the clause, and one more at its boundary
_INSERTED_SENTENCE = "Orders that reach us after noon are packed on the following morning, save on holidays. "


@dataclass(frozen=True)
class WindowFigures:
    """One document: its windows, and for each edit tried how many windows it changed."""

    name: str
    tokens: int
    windows: int
    context: float  # tokens of context per token of the document
    edits: tuple[int, ...]  # a few words of one clause changed
    on_top: tuple[int, ...]  # a clause inserted before the first
    anywhere: tuple[int, ...]  # a clause inserted at random

    @property
    def fill(self) -> float:
        """Share of the budget that the average window uses."""
        return self.tokens / self.windows / BUDGET

    @classmethod
    def heading(cls) -> str:
        """Names of the columns."""
        columns = ("tokens", "windows", "allowed", "fill", "context", "edit", "on top", "anywhere")
        return f"{'windows of':40}" + "".join(f"{column:>9}" for column in columns)

    def line(self) -> str:
        """The figures of the document; for each kind of edit mean and maximum of the windows changed."""
        changed = "".join(
            f"{_mean(counts):>6.2f}/{max(counts)} " for counts in (self.edits, self.on_top, self.anywhere)
        )
        allowed = f"{self.tokens / _MIN_TOKENS_PER_WINDOW + 1:.1f}"
        figures = f"{self.tokens:>9}{self.windows:>9}{allowed:>9}{self.fill:>9.2f}{self.context:>9.3f}"
        return f"{self.name[:40]:40}{figures} {changed}"

    @staticmethod
    def summary(rows: "Sequence[WindowFigures]") -> str:
        """Averages over the documents, and the share of edits that changed more windows than they should."""
        by_edit = {
            "edits": [count for row in rows for count in row.edits],
            "insertions on top": [count for row in rows for count in row.on_top],
            "insertions anywhere": [count for row in rows for count in row.anywhere],
        }
        shares = ", ".join(
            f"{_mean([n > _MAX_CHANGED_WINDOWS for n in counts]):.2%} of {name}" for name, counts in by_edit.items()
        )
        return (
            f"mean fill {_mean([row.fill for row in rows]):.3f}, context {_mean([row.context for row in rows]):.3f} "
            f"tokens per token; more than {_MAX_CHANGED_WINDOWS} windows changed by {shares}"
        )


def measure_windows(name: str, document: Document, clauses: tuple[Clause, ...], random: Random) -> WindowFigures:
    """Cut the document into windows, then again after each of a number of random edits."""
    windows = cut_windows(document, clauses, budget_tokens=BUDGET)
    before = {window.sha256 for window in windows}

    def changed(edited: Sequence[Clause]) -> int:
        return sum(window.sha256 not in before for window in cut_windows(document, edited, budget_tokens=BUDGET))

    def inserted(position: int) -> int:
        neighbor = clauses[min(position, len(clauses) - 1)]
        path = neighbor.heading_path if position else clauses[0].heading_path
        words = _INSERTED_SENTENCE * random.randint(1, 6)
        clause = Clause(id="new", start=0, end=len(words), text=words, heading_path=path)
        return changed([*clauses[:position], clause, *clauses[position:]])

    return WindowFigures(
        name=name,
        tokens=sum(count_tokens(clause.text) for clause in clauses),
        windows=len(windows),
        context=sum(count_tokens("\n".join(window.context)) for window in windows) / count_tokens(document.text),
        edits=tuple(changed(_edited(clauses, random)) for _ in range(_EDITS)),
        on_top=tuple(inserted(random.randrange(2)) for _ in range(_EDITS)),
        anywhere=tuple(inserted(random.randrange(len(clauses) + 1)) for _ in range(_EDITS)),
    )


def _edited(clauses: Sequence[Clause], random: Random) -> list[Clause]:
    n = random.choice([n for n, clause in enumerate(clauses) if not clause.heading_only])
    words = clauses[n].text.split(" ")
    first = random.randrange(len(words))
    words[first : first + random.choice([0, 1, 5])] = ["as", "amended", "hereafter"][: random.randint(1, 3)]
    edited = clauses[n].model_copy(update={"text": " ".join(words)})
    return [*clauses[:n], edited, *clauses[n + 1 :]]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
