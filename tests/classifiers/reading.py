"""Terms of our own writing, and functions that have the fake model read them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.work import Answers, Budget, MemoryAnswers, Progress
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Analysis, Clause, Document
from smallprint.settings import Settings
from tests.fakes import FakeServer

Text = tuple[Document, tuple[Clause, ...]]

SUBJECTS = (
    (
        "Arbitration",
        "Disputes about {product} are settled by arbitration before the panel at Northmarch and not in court.",
    ),
    ("Refunds", "A refund for {product} is given within {days} days if the seal of the parcel is whole and dry."),
    ("Renewal", "Your plan for {product} will renew every {days} days until you end it on the page of your account."),
    ("Termination", "We may terminate your use of {product} after {days} days of notice that we send to your address."),
    ("Liability", "We are not liable for lost profits from {product} beyond the price that you paid in {days} days."),
    (
        "Licence",
        "You give us a licence to show pictures of {product} in our shop window for {days} days after the sale.",
    ),
    ("Changes", "We may change what {product} costs and will tell you {days} days before the new price is due."),
    ("Greeting", "Many people like {product}, and we have been glad to pack them by hand since the shop was opened."),
)
PRODUCTS = [
    "kettles",
    "lanterns",
    "brooms",
    "ladders",
    "saddles",
    "canoes",
    "teapots",
    "anvils",
    "parsnips",
    "feathers",
    "blankets",
    "trumpets",
    "quilts",
    "barrels",
    "candles",
    "hammers",
    "compasses",
    "whistles",
    "cellars",
    "ribbons",
]


def markdown(sections: int = 40, *, intro: str = "") -> str:
    """Terms with so many numbered sections, each on another subject; ``intro`` comes before the first."""
    lines = ["# Terms of Tansy and Thistle", "", intro or "These terms are between you and Tansy and Thistle Ltd.", ""]
    for n in range(sections):
        product = PRODUCTS[n % len(PRODUCTS)]
        title, _ = SUBJECTS[n % len(SUBJECTS)]
        lines += [f"## {n + 1}. {title} of {product}", ""]
        for m in range(3):
            _, sentence = SUBJECTS[(n + m) % len(SUBJECTS)]
            words = sentence.format(product=product, days=10 + n + m)
            lines += [f"{n + 1}.{m + 1} {words} This holds for {product} of batch {n * 3 + m} as for all others.", ""]
    return "\n".join(lines)


def read(text: str) -> Text:
    """A Markdown text as document and clauses."""
    document = extract(text.encode(), source="terms.md", media_type="text/markdown")
    return document, cut_clauses(document)


@lru_cache
def terms(sections: int = 40) -> Text:
    """The document of ``markdown``; forty sections are some 5,000 tokens."""
    return read(markdown(sections))


def settings(server: FakeServer, **changes: Any) -> Settings:
    """Settings for a fake server: small windows, so that there are several."""
    return Settings(
        **{
            "_env_file": None,
            "model": "openai:fake",
            "base_url": server.base_url,
            "secret": "for tests",
            "window_tokens": 1000,
            "timeout": 5.0,
            **changes,
        }
    )


def ask(
    server: FakeServer,
    text: Text,
    *,
    answers: Answers | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
    **changes: Any,
) -> Analysis:
    """The analysis of a text by the fake model, at a fixed time."""

    async def run() -> Analysis:
        configured = settings(server, **changes)
        model = choose_analyst(configured.model, configured)
        try:
            return await analyze(
                *text,
                model,
                answers=MemoryAnswers() if answers is None else answers,
                budget=budget,
                progress=progress,
                now=datetime(2026, 1, 2, tzinfo=UTC),
            )
        finally:
            await model.close()

    return asyncio.run(run())


def once(fault: Any, *, call: int = 0) -> Callable[..., Any]:
    """The fault on one call only, counted from 0."""
    from tests.fakes import OK

    return lambda number, _request: fault if number == call else OK


def always(fault: Any) -> Callable[..., Any]:
    """The fault on every call."""
    return lambda _number, _request: fault
