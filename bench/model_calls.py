"""What reading by a model takes and survives, measured against a fake server: tokens, calls, time, failures, kills.

Run ``python -m bench.model_calls --data ../shared/data``. Ten real documents of 30-60 kB, the product's
default settings. The fake server is that of the tests, so this runs in the repository and not from the wheel.
"""

import argparse
import asyncio
import importlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.model_processes import kills, memory, schedule
from bench.model_work import Text, analyze_all, bench_settings, read_folder
from classifiers.analysts import choose_analyst
from classifiers.analyze import estimate
from classifiers.model import retry
from classifiers.model.tokens import count_tokens
from classifiers.work import MemoryAnswers
from evals.benchmarks.figures import Figure, at_most
from smallprint.records import Analysis, Usage

_SMALLEST, _LARGEST, _DOCUMENTS = 30_000, 60_000, 10


def choose_documents(data: Path, into: Path) -> list[Path]:
    """Copy the latest versions of ten documents of the right size, terms and policies in turn, into a folder."""
    latest: dict[str, Path] = {}
    with (data / "versions" / "manifest.jsonl").open(encoding="utf-8") as manifest:
        for line in manifest:
            file = data / "versions" / json.loads(line)["file"]
            latest[str(file.parent)] = file
    fit = [file for _, file in sorted(latest.items()) if _SMALLEST <= file.stat().st_size <= _LARGEST]
    step = max(1, len(fit) // _DOCUMENTS)
    chosen = fit[::step][:_DOCUMENTS]
    return [Path(shutil.copy(file, into / f"{n:02}.md")) for n, file in enumerate(chosen)]


def fakes() -> Any:  # noqa: ANN401 -- the tests' module, which is not typed
    """The tests' fake server and its faults."""
    return importlib.import_module("tests.fakes")


def ask(server: Any, texts: Sequence[Text], answers: MemoryAnswers | None = None, **changes: Any) -> list[Analysis]:  # noqa: ANN401
    """Analyze the texts at once against a server of this process."""
    stored = MemoryAnswers() if answers is None else answers
    return asyncio.run(analyze_all(texts, bench_settings(server.base_url, **changes), stored))


def total(analyses: Sequence[Analysis]) -> Usage:
    """The bill of all."""
    return sum((analysis.usage for analysis in analyses), Usage())


def drafts_of(analyses: Sequence[Analysis]) -> list[str]:
    """Ids of all drafts, in order."""
    return [draft.id for analysis in analyses for draft in analysis.drafts]


def covered(analyses: Sequence[Analysis], texts: Sequence[Text]) -> float:
    """Least share of a document's text that was analyzed or found empty."""
    return min(one.ledger(clauses).characters_covered for one, (_, clauses) in zip(analyses, texts, strict=True))


def proven(analyses: Sequence[Analysis], texts: Sequence[Text]) -> bool:
    """Whether every quotation is its document's own words."""
    return all(
        document.text[one.start : one.end] == one.text
        for analysis, (document, _) in zip(analyses, texts, strict=True)
        for draft in analysis.drafts
        for one in draft.evidence
    )


def tokens_and_calls(texts: Sequence[Text]) -> Iterator[Figure]:
    """What a first reading asks, of a server that bills by its own tokenizer."""
    tokenize = fakes().tokens
    answers = MemoryAnswers()
    with fakes().FakeServer() as server:
        analyses = ask(server, texts, answers)
    usage = total(analyses)
    size = sum(tokenize(document.text) for document, _ in texts)
    shared = usage.input_tokens - 0.9 * usage.cached_input_tokens
    yield at_most("prompt tokens a document token", usage.input_tokens / size, 2.2)
    yield at_most("the same, a shared prefix counting a tenth", shared / size, 1.35)
    yield Figure(
        "calls", str(usage.calls), f"at most {size // 2500 + len(texts)}", usage.calls <= size / 2500 + len(texts)
    )
    quotes = output = 0
    for body in answers.bodies.values():
        output += tokenize(body["text"])
        quotes += sum(tokenize(one["quote"]) for one in json.loads(body["text"])["provisions"])
    yield at_most("share of quotes in the output tokens, of the fake's answers", quotes / output, 0.15, ".1%")
    estimated = sum(count_tokens(document.text) for document, _ in texts)
    yield Figure("our estimate of document tokens against the bill", f"{estimated / size - 1:+.1%}")


def estimates(texts: Sequence[Text]) -> Iterator[Figure]:
    """What a dry run says against what is then used, before any answer of the model and after three documents."""
    answers = MemoryAnswers()
    with fakes().FakeServer() as server:
        cold = _planned(server, texts[3:], MemoryAnswers())
        ask(server, texts[:3], answers)
        warm = _planned(server, texts[3:], answers)
        used = total(ask(server, texts[3:], answers))
    for name, plan in (("cold", cold), ("after three documents", warm)):
        off = [plan.input_tokens / used.input_tokens - 1, plan.output_tokens / used.output_tokens - 1]
        bound = "within 15 %" if plan is warm else ""
        value = ", ".join(f"{one:+.1%}" for one in off)
        yield Figure(
            f"dry run against use, {name}: tokens in, out", value, bound, max(map(abs, off)) <= 0.15 or not bound
        )


def _planned(server: Any, texts: Sequence[Text], answers: MemoryAnswers) -> Usage:  # noqa: ANN401
    model = choose_analyst("openai:fake", bench_settings(server.base_url))
    return sum((estimate(*text, model, answers=answers).usage for text in texts), Usage())


def cut_off(texts: Sequence[Text], clean: list[str]) -> Iterator[Figure]:
    """Every tenth answer cut off at the token limit."""
    with fakes().FakeServer(faults=fakes().every(10, fakes().FAULTS["cut off at the token limit"])) as server:
        analyses = ask(server, texts)
    lost = len(set(clean) - set(drafts_of(analyses)))
    yield Figure("every tenth answer cut off: findings lost", f"{lost} of {len(clean)}", "none", lost == 0)


def outage(texts: Sequence[Text]) -> Iterator[Figure]:
    """The server goes away after thirty answers; the work is then run again."""
    answers = MemoryAnswers()
    module = fakes()
    down = module.error(503, "down for maintenance")
    with module.FakeServer(faults=lambda n, _request: module.OK if n < 30 else down) as server:
        ask(server, texts, answers, max_attempts=2, window_tokens=3000)
        answered = {request.document for request in server.requests[:30]}
    kept = len(answers.bodies)
    with module.FakeServer() as server:
        ask(server, texts, answers, window_tokens=3000)
        twice = sum(1 for request in server.requests if request.document in answered)
    yield Figure("outage after 30 calls, rerun: paid twice", str(twice), "none", twice == 0 and kept == len(answered))


_CLASSES = (
    "429 with Retry-After",
    "500",
    "503",
    "slow",
    "dropped connection",
    "truncated JSON",
    "unknown category",
    "fabricated quote",
    "refusal",
)


def failures(texts: Sequence[Text], calls: int) -> Iterator[Figure]:
    """Every tenth call failing, each class in turn."""
    for name in _CLASSES:
        module = fakes()
        with module.FakeServer(faults=module.every(10, module.FAULTS[name])) as server:
            analyses = ask(server, texts, timeout=2.5 if name == "slow" else 60.0)
        share = covered(analyses, texts)
        # A refused window is read in parts, whatever that costs.
        cheap = name == "refusal" or total(analyses).calls <= 1.3 * calls
        kept = share == 1.0 and proven(analyses, texts) and cheap
        value = f"{share:.0%}, {total(analyses).calls / calls:.2f} x calls"
        bound = "100%" if name == "refusal" else "100%, at most 1.3 x"
        yield Figure(f"a tenth of the calls meets {name}", value, bound, kept)


def reruns(texts: Sequence[Text]) -> Iterator[Figure]:
    """The same again; with one sentence edited; with a clause inserted at the top."""
    answers = MemoryAnswers()
    edits: dict[str, Callable[[str], str]] = {
        "unchanged rerun: calls": lambda text: text,
        "one sentence edited: most calls of a document": edit_a_sentence,
        "a clause inserted at the top: most calls of a document": lambda text: (
            f"These terms replace all others.\n\n{text}"
        ),
    }
    from extractors import extract
    from extractors.clauses import cut_clauses

    with fakes().FakeServer() as server:
        ask(server, texts, answers)
        for name, edit in edits.items():
            most = 0
            for document, _ in texts:
                changed = extract(edit(document.text).encode(), source=document.source, media_type="text/plain")
                plain = extract(document.text.encode(), source=document.source, media_type="text/plain")
                ask(server, [(plain, cut_clauses(plain))], answers)
                most = max(most, total(ask(server, [(changed, cut_clauses(changed))], answers)).calls)
            bound = 0 if "unchanged" in name else 2
            yield Figure(name, str(most), f"at most {bound}", most <= bound)


def edit_a_sentence(text: str) -> str:
    """A word more in a sentence in the middle."""
    at = text.index(" the ", len(text) // 2)
    return f"{text[:at]} from now on{text[at:]}"


SECTIONS = ("tokens", "schedule", "memory", "failures", "reruns", "kills")


def figures(data: Path, sections: Sequence[str]) -> Iterator[Figure]:
    """The chosen sections' figures as they are measured."""
    retry._FIRST_BACKOFF_SECONDS = 0.05  # noqa: SLF001 -- how long we wait is no figure here, and the fake server needs no rest
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        folder = scratch / "documents"
        folder.mkdir()
        choose_documents(data, folder)
        texts = read_folder(folder)
        yield Figure("documents, characters", f"{len(texts)}, {sum(len(d.text) for d, _ in texts):,}")
        if "tokens" in sections:
            yield from tokens_and_calls(texts)
            yield from estimates(texts)
        if "schedule" in sections:
            yield from schedule(folder, scratch)
        if "failures" in sections:
            with fakes().FakeServer() as server:
                clean = ask(server, texts)
            yield from cut_off(texts, drafts_of(clean))
            yield from outage(texts)
            yield from failures(texts, total(clean).calls)
        if "reruns" in sections:
            yield from reruns(texts)
        if "kills" in sections:
            yield from kills(folder, scratch)
        if "memory" in sections:
            yield from memory(folder, scratch)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table as it is measured; exit code 1 where a figure is missed, 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds versions/")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="a section; default: all")
    options = parser.parse_args(arguments)
    if not (options.data / "versions" / "manifest.jsonl").is_file():
        sys.stderr.write(f"{options.data} has no versions/manifest.jsonl\n")
        return 2
    missed = 0
    started = time.monotonic()
    for figure in figures(options.data, options.only or SECTIONS):
        missed += not figure.kept
        print(figure.line(), flush=True)
    print(f"{missed} figures missed; measured in {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
