"""The command line as a user calls it, and a folder of fictional documents to call it on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main

TERMS = """# Terms of Kestrel Kettles

## 1. Disputes

You waive any right to bring or take part in a class action against Kestrel Kettles Inc.

## 2. Changes

We may change these terms at any time, at our sole discretion and without notice to you.

## 3. Greeting

Thank you for boiling with us.
"""
PAGE = f"""<!doctype html><html lang="en"><head><title>Privacy of Kestrel Kettles</title></head><body><main>
<h1>Privacy of Kestrel Kettles</h1><h2>1. Sharing</h2>
<p>We may share your personal information with advertisers and other third parties for their own marketing.</p>
<h2>2. Steam</h2>{"<p>The kettle keeps its own counsel, and steam is all that ever leaves it.</p>" * 3}
</main></body></html>"""


@dataclass(frozen=True)
class Completed:
    """A command that has ended: its exit code and what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str


Smallprint = Callable[..., Completed]


@pytest.fixture
def smallprint(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Smallprint:
    """Calls the command line in an empty workspace; the current folder is the workspace's parent."""

    def call(*arguments: str) -> Completed:
        monkeypatch.setattr("sys.argv", ["smallprint", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Completed(code if isinstance(code, int) else 0, out, err)

    return call


@pytest.fixture
def policies(workspace: Path) -> Path:
    """A folder with two readable documents."""
    folder = workspace.parent / "policies"
    folder.mkdir()
    (folder / "terms.md").write_text(TERMS)
    (folder / "privacy.html").write_text(PAGE)
    return folder
