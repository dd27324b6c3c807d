"""The public benchmarks on a few sentences of our own in their formats."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks import claudette, hostile, tosdr
from evals.benchmarks.sentences import assemble, macro, micro
from evals.hostile import load_hostile
from evals.suite_names import BENCHMARKS, WITHOUT_DATA

SENTENCES = [
    ("Welcome to Kestrel Kettles.", []),
    ("Any dispute will be resolved by final and binding arbitration and not in court.", ["a3"]),
    ("We may change these terms at any time without notice by posting them here.", ["ch2"]),
    ("We may change our name.", ["ch1", "countrym"]),
    ("Our kettles are made of copper and of steel.", ["ltd2"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        {"doc": "Kestrel", "idx": n, "test_fold": 1, "text": text, "tags": tags}
        for n, (text, tags) in enumerate(SENTENCES)
    ]
    (tmp_path / "claudette").mkdir()
    (tmp_path / "claudette" / "sentences.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    docs = tmp_path / "tosdr" / "docs"
    docs.mkdir(parents=True)
    (docs / "Kestrel.html").write_text("".join(f"<p>{text}</p>\n" for text, _ in SENTENCES))
    quotes = [(SENTENCES[1][0], "bad"), (f"<p>{SENTENCES[4][0]}</p>", "good"), ("This stands nowhere at all.", "bad")]
    points = [
        {"doc": "Kestrel.html", "service": "kestrel", "quote": quote, "case": "A case", "case_point": rating}
        for quote, rating in quotes
    ]
    (tmp_path / "tosdr" / "spans.jsonl").write_text("\n".join(json.dumps(point) for point in points))
    return tmp_path


def test_only_levels_two_and_three_count(folder: Path) -> None:
    (document,) = claudette.read_corpus(folder / "claudette" / "sentences.jsonl")
    assert document.marks == {"a": {1}, "ch": {2}, "ltd": {4}}
    assert document.fold == 1


def test_assembled_documents_have_every_sentence_at_its_offsets() -> None:
    units = assemble("k", ["One  two.", "", "Three."])
    assert [units.document.text[start:end] for start, end in units.spans] == ["One two.", "-", "Three."]


def test_claudette_prints_levels_folds_peers_and_missed_sentences(folder: Path, capsys) -> None:
    assert claudette.main(["--data", str(folder), "--lists"]) == 0
    output = capsys.readouterr().out
    for words in (" by sentence", " by clause", " by document", "fold 1: micro", "Legal-BERT", "missed\tltd\tKestrel"):
        assert words in output


def test_tosdr_counts_located_quotes_and_lists_missed_points(folder: Path, capsys) -> None:
    assert tosdr.main(["--data", str(folder), "--lists"]) == 0
    output = capsys.readouterr().out
    assert "2 of 3 quotes located" in output
    assert "missed\tgood\tA case" in output
    assert "missed\tbad" not in output


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name not in WITHOUT_DATA])
def test_a_folder_without_the_documents_is_an_error_in_one_line(name: str, tmp_path: Path, capsys) -> None:
    assert import_module(BENCHMARKS[name]).main(["--data", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path) in line


def test_the_offline_analyst_resists_every_hostile_clause(capsys) -> None:
    assert hostile.main([]) == 0
    output = capsys.readouterr().out
    count = len(load_hostile())
    assert f"offline: {count} of {count} hostile clauses had no effect" in output


def test_micro_sums_and_macro_averages() -> None:
    table = np.array([8.0, 10, 10, 0, 1, 2, 0, 0, 0])  # (true, found, gold) of three labels, the last one absent
    assert micro(table) == pytest.approx(16 / 23)
    assert macro(table) == pytest.approx((0.8 + 0) / 2)
