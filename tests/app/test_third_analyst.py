"""A third analyst: what a developer adds for it, and what the command line then does with it."""

from pathlib import Path

import pytest

from classifiers.analysts import ANALYSTS
from classifiers.offline.analyst import OFFLINE, OfflineAnalyst
from classifiers.work import AnalystFactory
from tests.app.conftest import Smallprint


class TrainedAnalyst(OfflineAnalyst):
    """A third analyst, as its module would define it."""

    name = "trained:v1"
    traits = OFFLINE.traits("").model_copy(
        update={"label": "the trained analyst v1", "description": "a small model on this machine"}
    )


TRAINED = AnalystFactory(
    form="trained:NAME", traits=lambda _name: TrainedAnalyst.traits, build=lambda *_configuration: TrainedAnalyst()
)


def test_a_third_analyst_is_one_line_in_the_table(
    smallprint: Smallprint, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANALYSTS, "trained", TRAINED)
    page = workspace.parent / "terms.md"
    page.write_text("# Terms\n\nYou waive any right to bring a class action against Kestrel Kettles Inc.\n")
    completed = smallprint("read", str(page), "--model", "trained:v1")
    assert (completed.code, completed.err) == (0, "")
    assert "Read by the trained analyst v1: a small model on this machine" in completed.out
    assert not workspace.exists()
