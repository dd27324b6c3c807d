"""What starts at once: help and offline reading load no library that they do not use, whatever the machine's speed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import PAGE

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"prefect", "fastapi", "uvicorn", "openai", "instructor", "httpx"}
DATABASE = {"sqlalchemy", "alembic"}
EXTRACTORS = {"pdfplumber", "docx", "trafilatura", "lxml"}
EVALUATION = {"numpy", "scipy", "sklearn", "krippendorff"}

PROBE = """
import sys
sys.argv = ["smallprint", *sys.argv[1:]]
from app.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("\\nLOADED", *{name.partition(".")[0] for name in sys.modules})
"""

CASES = [
    ("help", ("--help",), SERVERS | DATABASE | EXTRACTORS | EVALUATION | {"pydantic"}),
    ("a command's help", ("run", "--help"), SERVERS | DATABASE | EXTRACTORS | EVALUATION),
    ("status before any run", ("status",), SERVERS | EXTRACTORS | EVALUATION),
    ("a page read offline", ("read", "page.html"), SERVERS | DATABASE | EVALUATION | {"pdfplumber", "docx"}),
    ("a page's clauses", ("extract", "page.html"), SERVERS | DATABASE | EVALUATION | {"pdfplumber", "docx"}),
]


@pytest.mark.parametrize(("arguments", "unwanted"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_only_what_is_used_is_loaded(workspace: Path, arguments: tuple[str, ...], unwanted: set[str]) -> None:
    (workspace.parent / "page.html").write_text(PAGE)
    process = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", PROBE, *arguments],
        env={"PYTHONPATH": str(ROOT), "PATH": "", "SMALLPRINT_HOME": str(workspace)},
        cwd=workspace.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(process.stdout.rpartition("LOADED ")[2].split())
    assert "app" in loaded
    assert loaded & unwanted == set()


def test_the_shell_completes_commands_and_options(workspace: Path) -> None:
    def complete(words: str) -> str:
        process = subprocess.run(
            [sys.executable, "-c", "from app.cli import main; main()"],
            env={
                "PYTHONPATH": str(ROOT),
                "PATH": "",
                "_SMALLPRINT_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split(" ")) - 1),
            },
            cwd=workspace.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return process.stdout

    assert {"export", "extract"} <= set(complete("smallprint ex").split())
    assert "--resume" in complete("smallprint run --re").split()
    assert {"csv", "jsonl", "parquet"} <= set(complete("smallprint export --format ").split())
