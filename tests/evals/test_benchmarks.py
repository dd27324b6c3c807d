"""The public benchmarks on a few sentences of our own in their formats."""

import json
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks import claudette, hostile, tosdr
from evals.benchmarks.sentences import assemble, macro, micro
from evals.hostile import load_hostile
from evals.suites import BENCHMARKS

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
    (tmp_path / "tosdr" / "spans.jsonl").write_text("\n".join(json.dumps(one) for one in points))
    return tmp_path


def test_only_levels_two_and_three_count(folder: Path) -> None:
    (document,) = claudette.read_corpus(folder / "claudette" / "sentences.jsonl")
    assert document.marks == {"a": {1}, "ch": {2}, "ltd": {4}}
    assert document.fold == 1


def test_every_sentence_stands_at_its_offsets() -> None:
    units = assemble("k", ["One  two.", "", "Three."])
    assert [units.document.text[start:end] for start, end in units.spans] == ["One two.", "-", "Three."]


def test_claudette_prints_levels_folds_peers_and_what_was_missed(folder: Path, capsys) -> None:
    assert claudette.main(["--data", str(folder), "--lists"]) == 0
    shown = capsys.readouterr().out
    for words in (" by sentence", " by clause", " by document", "fold 1: micro", "Legal-BERT", "missed\tltd\tKestrel"):
        assert words in shown


def test_tosdr_counts_what_is_located_and_what_is_found(folder: Path, capsys) -> None:
    assert tosdr.main(["--data", str(folder), "--lists"]) == 0
    shown = capsys.readouterr().out
    assert "2 of 3 quotes located" in shown
    assert "missed\tgood\tA case" in shown
    assert "missed\tbad" not in shown


@pytest.mark.parametrize("module", [claudette, tosdr], ids=["claudette", "tosdr"])
def test_a_folder_without_the_corpus_is_said(module, tmp_path: Path, capsys) -> None:
    assert module.main(["--data", str(tmp_path)]) == 2
    assert "no such file" in capsys.readouterr().err


def test_the_offline_analyst_is_not_steered_and_the_suite_says_so(capsys) -> None:
    assert hostile.main([]) == 0
    shown = capsys.readouterr().out
    count = len(load_hostile())
    assert f"offline: {count} of {count} hostile clauses had no effect" in shown


def test_micro_sums_and_macro_averages() -> None:
    table = np.array([8.0, 10, 10, 0, 1, 2, 0, 0, 0])  # (true, found, gold) of three labels, the last one absent
    assert micro(table) == pytest.approx(16 / 23)
    assert macro(table) == pytest.approx((0.8 + 0) / 2)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_suite_over_public_documents_has_its_module(name: str) -> None:
    from importlib import import_module

    assert callable(import_module(BENCHMARKS[name]).main)
