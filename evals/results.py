"""The stored run of a suite: everything that scoring needs, so that it can be scored again without an analyst."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from evals.gold import Case, TextSpan
from smallprint.errors import UserError
from smallprint.records import Draft, Ledger, Noun, Rejection, Severity, Usage

FORM = 1  # version of the file format; raised when a field changes its meaning


class VariantDraft(Noun):
    """A draft on a variant of a document, with its evidence at the original's offsets."""

    spans: tuple[TextSpan, ...]  # empty: all evidence is in words that the variant added
    category: str
    severity: Severity


class VariantRun(Noun):
    """The analyst's drafts on a changed copy of a document whose provisions are the same."""

    kind: str  # repeat, paraphrase or injection
    name: str  # which paraphrase, which injection
    found: tuple[VariantDraft, ...]  # the name is that of stored runs


class CaseRun(Noun):
    """One case with the analyst's drafts on it and on its variants."""

    case: Case
    drafts: tuple[Draft, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    ledger: Ledger | None = None
    usage: Usage = Usage()  # of this run, variants included; analyses from the cache cost nothing
    variants: tuple[VariantRun, ...] = ()
    error: str | None = None  # why there is no analysis, or why a part of it failed
    cached: bool = False


class Subject(Noun):
    """What was measured; a comparison is between two subjects."""

    model: str
    prompt: str  # name@version
    prompt_sha256: str
    schema_sha256: str
    code_sha256: str  # evals/fingerprints.py says which files count


class Yardstick(Noun):
    """What it was measured with; runs under different yardsticks are not compared."""

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
        """The usage of all cases together."""
        return sum((case_run.usage for case_run in self.cases), Usage())


def save_run(run: Run, path: Path) -> None:
    """Write a run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.model_dump_json(), encoding="utf-8")


def load_run(path: Path) -> Run:
    """Read a run from its file; raises UserError where there is no such file or it holds no run."""
    try:
        return Run.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (ValidationError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a run of the evals: {str(error).splitlines()[0]}") from error
