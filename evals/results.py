"""What a run of the evals leaves behind: everything that scoring needs, so that it can be scored again offline."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from evals.gold import Case, Span
from smallprint.errors import UserError
from smallprint.records import Draft, Ledger, Noun, Rejection, Severity, Usage

FORM = 1  # of the file; raised when a field changes its meaning


class Found(Noun):
    """A draft on a variant of a document, with its evidence in the original's offsets."""

    spans: tuple[Span, ...]  # empty: the evidence stands only in what the variant added
    category: str
    severity: Severity


class VariantRun(Noun):
    """What the analyst made of a changed copy of a document whose provisions are the same."""

    kind: str  # repeat, paraphrase or injection
    name: str  # which paraphrase, which injection
    found: tuple[Found, ...]


class CaseRun(Noun):
    """One case and what the analyst made of it."""

    case: Case
    drafts: tuple[Draft, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    ledger: Ledger | None = None
    usage: Usage = Usage()  # what this run spent on the case and its variants; what was read before costs nothing again
    variants: tuple[VariantRun, ...] = ()
    error: str | None = None  # why there is no analysis, or why a part of it failed
    cached: bool = False


class Subject(Noun):
    """What was measured; comparing two of these is the point of a comparison."""

    model: str
    prompt: str  # name@version
    prompt_sha256: str
    schema_sha256: str
    code_sha256: str  # of extractors, classifiers and the kernel


class Yardstick(Noun):
    """What it was measured with; where these differ there is nothing to compare."""

    cases: dict[str, str]  # case id -> hash of its text and gold
    registry_sha256: str
    scorers_sha256: str


class Run(Noun):
    """One run of a suite."""

    form: int = FORM
    suite: str
    created_at: datetime
    version: str  # of Smallprint
    subject: Subject
    yardstick: Yardstick
    cases: tuple[CaseRun, ...]
    left_out: dict[str, str] = {}  # case id -> why the analyst cannot read it

    @property
    def usage(self) -> Usage:
        """The bill of all cases."""
        return sum((one.usage for one in self.cases), Usage())


def save_run(run: Run, path: Path) -> None:
    """Write a run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.model_dump_json(), encoding="utf-8")


def load_run(path: Path) -> Run:
    """A run from its file; raises UserError where the file is none."""
    try:
        return Run.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (ValidationError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a run of the evals: {str(error).splitlines()[0]}") from error
