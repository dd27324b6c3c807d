"""A child that works on a stranger's bytes ends at its limits, and what it does is one document's failure."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from extractors import sandbox
from extractors.bounded import read_bytes
from extractors.sandbox import ChildBugError, Limits, run_job
from smallprint.errors import DocumentError
from smallprint.settings import Settings

LIMITS = Limits(megabytes=300, processor_seconds=20, seconds=40)
BOOT = "import sys; sys.path[:] = sys.argv[2:]; from tests.extractors.misbehaving_jobs import serve; serve()"


@pytest.fixture(autouse=True)
def fresh_workers(monkeypatch):
    """Workers that know the misbehaving jobs, and none that an earlier test left."""
    workers = sandbox._Workers()
    monkeypatch.setattr(sandbox, "_BOOT", BOOT)
    monkeypatch.setattr(sandbox, "_WORKERS", workers)
    yield
    workers.close()


def facts() -> dict:
    return json.loads(run_job("describe", b"", {}, LIMITS))


@pytest.mark.parametrize(
    ("job", "arguments", "limits", "words"),
    [
        ("allocate", {"megabytes": 1000}, LIMITS, "more than 300 MB of memory"),
        ("wrap_memory_error", {}, LIMITS, "more than 300 MB of memory"),
        ("compute", {}, Limits(300, processor_seconds=0.1, seconds=60), "more than 0.1 seconds of processor time"),
        ("compute", {}, Limits(300, processor_seconds=60, seconds=0.5), "longer than 0.5 seconds"),
        ("crash", {}, LIMITS, r"died \(SIGSEGV\)"),
        ("be_killed", {}, LIMITS, r"died \(SIGKILL\)"),
        ("leave", {}, LIMITS, r"died \(exit code 0\)"),
    ],
    ids=[
        "memory",
        "memory, where a library says it in words of its own",
        "processor time",
        "wall clock",
        "a crash in C code",
        "killed by the system",
        "an exit",
    ],
)
def test_a_job_that_exceeds_its_limits_is_too_heavy_and_the_next_one_is_answered(job, arguments, limits, words) -> None:
    with pytest.raises(DocumentError, match=words) as caught:
        run_job(job, b"", arguments, limits)
    assert caught.value.code == "too_heavy"
    assert caught.value.advice
    assert run_job("echo", b"abc", {}, LIMITS) == b"cba"


def test_memory_within_the_limit_may_be_used() -> None:
    assert run_job("allocate", b"", {"megabytes": 200}, LIMITS) == b"x"


def test_what_the_child_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with pytest.raises(DocumentError, match="longer than"):
        run_job("sleep", b"", {"file": str(file)}, Limits(300, 20, seconds=2))
    grandchild = int(file.read_text())
    for _ in range(100):
        if not _runs(grandchild):
            return
        time.sleep(0.05)
    pytest.fail("the grandchild is still running")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ChildBugError, match=r"(?s)Traceback.*KeyError: 'a mistake of ours'"):
        run_job("fail", b"", {}, LIMITS)


def test_what_a_library_prints_is_no_part_of_the_answer() -> None:
    assert run_job("print_noise", b"abc", {}, LIMITS) == b"abc"


def test_a_worker_is_used_again() -> None:
    assert facts()["pid"] == facts()["pid"]


def test_a_worker_of_a_large_process_is_used_again() -> None:
    ballast = bytearray(800_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])  # so that the memory is really held
    assert facts()["pid"] == facts()["pid"]


def test_a_worker_that_was_killed_while_idle_is_replaced() -> None:
    os.kill(facts()["pid"], 9)
    time.sleep(0.1)
    assert run_job("echo", b"abc", {}, LIMITS) == b"cba"


def test_a_worker_that_has_become_large_is_replaced() -> None:
    before = facts()["pid"]
    run_job("allocate", b"", {"megabytes": 600}, Limits(700, 20, 40))
    assert facts()["pid"] != before


def test_jobs_of_several_threads_do_not_mix() -> None:
    words = [f"{number:05}".encode() for number in range(60)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda word: run_job("echo", word, {}, LIMITS), words))
    assert answers == [word[::-1] for word in words]


def test_a_child_sees_no_key_and_no_module_of_the_working_directory(tmp_path: Path, monkeypatch) -> None:
    for name in ("json.py", "lxml.py", "extractors.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger's module was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    child = facts()
    assert str(tmp_path) not in child["path"]
    assert "" not in child["path"]
    assert child["folder"] == "/"
    assert not [name for name in child["environment"] if "KEY" in name or name.startswith("PYTHON")]


def test_a_page_that_takes_too_long_is_too_heavy(monkeypatch) -> None:
    page = b"<html><body>" + b"<p>The parties agree on this clause.</p>" * 60_000
    with pytest.raises(DocumentError) as caught:
        read_bytes(page, Settings(parse_seconds=0.2), source="terms.html")
    assert caught.value.code == "too_heavy"


def test_a_document_read_in_a_child_is_the_one_that_is_read_in_this_process() -> None:
    from extractors import extract
    from extractors.clauses import cut_clauses

    page = "<html lang=en><title>Terms</title><body><h1>1. Duties</h1><p>You must pay – at once.".encode()
    document, clauses = read_bytes(page, Settings(), source="terms.html")
    assert document == extract(page, source="terms.html")
    assert clauses == cut_clauses(document)
