"""No regular expression of ours takes more than linear time, whatever text a stranger writes."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from tests.adversarial import ROOT, Compiled, adversarial_texts

SMALL, LARGE = 4_000, 100_000  # characters
# Of processor time for the large text. A quadratic pattern takes 25 seconds and more, a bounded one 0.02 to 0.5; a
# busy machine doubles what it counts.
MAX_SECONDS = 2.0
SUSPICIOUS_SECONDS = 0.01  # for the small text: a quadratic pattern takes 0.04 and more


@pytest.fixture(scope="module")
def patterns() -> list[Compiled]:
    done = subprocess.run([sys.executable, "-m", "tests.adversarial"], cwd=ROOT, capture_output=True, check=True)
    return [Compiled(*row) for row in json.loads(done.stdout)]


class OverTimeError(Exception):
    """A pattern has used up its processor time."""


@pytest.fixture(autouse=True)
def interrupt() -> Iterator[None]:
    """Let ``seconds_for`` interrupt a search: the engine looks for signals while it backtracks."""

    def stop(*_: object) -> None:
        raise OverTimeError

    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


def seconds_for(search: Callable[[], object], limit: float) -> float:
    """Processor time of a search; infinite where it exceeds the limit."""
    start = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        search()
    except OverTimeError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - start


def slow_text(compiled: Compiled) -> str | None:
    """The beginning of a text of 100 kB that takes this pattern longer than it may; None where there is none."""
    pattern = re.compile(compiled.pattern.encode("latin-1") if compiled.is_bytes else compiled.pattern, compiled.flags)

    def search(text: str) -> Callable[[], object]:
        subject = text.encode("latin-1", "replace") if compiled.is_bytes else text
        return lambda: sum(1 for _ in pattern.finditer(subject))

    for number, text in enumerate(adversarial_texts(compiled, SMALL)):
        if seconds_for(search(text), MAX_SECONDS) < SUSPICIOUS_SECONDS:
            continue
        large = next(islice(adversarial_texts(compiled, LARGE), number, None))
        if seconds_for(search(large), MAX_SECONDS) > MAX_SECONDS:
            return text[:40]
    return None


@pytest.mark.parametrize("package", ["extractors", "classifiers", "smallprint", "prompts", "flows", "evals", "app"])
def test_every_pattern_is_linear(package: str, patterns: list[Compiled]) -> None:
    ours = [compiled for compiled in patterns if compiled.module.startswith(package + ".")]
    slow = {f"{compiled.module}: {compiled.pattern[:80]}": slow_text(compiled) for compiled in ours}
    assert {name: text for name, text in slow.items() if text is not None} == {}


@pytest.mark.parametrize(
    ("pattern", "is_slow"),
    [(r"(?!\d+[.)]?\d* )[A-Z0-9]", True), (r"\s+$", True), (r"(a|a)*b", True), (r"\s{0,8}$", False), ("[a-z]+", False)],
)
def test_a_slow_pattern_is_noticed(pattern: str, is_slow: bool) -> None:
    assert (slow_text(Compiled("tests", pattern, 0, is_bytes=False)) is not None) is is_slow


def test_patterns_are_found_wherever_they_are_compiled(patterns: list[Compiled]) -> None:
    assert {
        "extractors.layout",  # a module's constants
        "extractors.clauses.sentences",
        "extractors.html.numbering",  # inside a function
        "classifiers.offline.jurisdictions",  # put together from the registry's data
        "smallprint.registry.grammar",
    } <= {compiled.module for compiled in patterns}
