"""Case files: what is accepted, and that mistakes are reported with file, key and line."""

import json
from pathlib import Path

import pytest

from evals.gold import case_schema
from evals.loading import CASES, CaseError, load_case, load_cases

TEXT = """# Terms of Kestrel Kettles

We sell kettles. Each kettle is tested twice.

We may change the price at any time. If you do not agree, stop using the kettle within 14 days.

Fees are not refunded.  A descaling
kit costs $9.

Fees are due at once. We like “tea”.
"""
HEAD = """document: kestrel.md
entity: Kestrel Kettles
title: Terms
terms_type: Terms of Service
language: en
jurisdictions: [US]
split: dev
provisions:
"""
FACTORS = "    factors: {rights_waived: 2, opt_out: 3, breadth: 3, exposure: 1, discretion: 2}\n"
GOOD = f"""  - quote: "We may change the price at any time."
    category: price_change
{FACTORS}"""


@pytest.fixture
def write(tmp_path: Path):
    (tmp_path / "kestrel.md").write_text(TEXT, encoding="utf-8")

    def write(yaml: str) -> Path:
        path = tmp_path / "kestrel.yml"
        path.write_text(yaml, encoding="utf-8")
        return path

    return write


def provision(quote: str = "Fees are not refunded.", category: str = "cancellation_refund", extra: str = "") -> str:
    return f'  - quote: "{quote}"\n    category: {category}\n{FACTORS}{extra}'


def test_every_shipped_case_loads() -> None:
    cases = load_cases()
    for case in cases:
        for gold in case.provisions:
            assert " ... ".join(case.document.text[span.start : span.end] for span in gold.spans) == gold.text
        assert case.provisions


def test_the_schema_file_is_that_of_the_models() -> None:
    assert json.loads((CASES / "schema.json").read_text(encoding="utf-8")) == case_schema()


def test_offsets_severity_and_ids_are_computed(write) -> None:
    extra = '    frameworks: ["Section 5 of the FTC Act"]\n    agencies: ["Federal Trade Commission"]\n'
    case = load_case(write(HEAD + GOOD + provision(extra=extra) + 'nothing_here: ["Each kettle is tested twice."]\n'))
    first, second = case.provisions
    assert case.document.text[first.spans[0].start : first.spans[0].end] == "We may change the price at any time."
    assert (first.id, first.severity, second.id) == ("p1", "medium", "p2")
    assert (second.frameworks, second.agencies) == (("ftc-act",), ("ftc",))
    negative = case.negatives[0]
    assert case.document.text[negative.start : negative.end] == "Each kettle is tested twice."


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("Fees are not refunded. A descaling kit", "Fees are not refunded. A descaling\nkit"),
        ("We may change ... within 14 days.", None),
    ],
    ids=["white space may differ", "first and last words stand for the passage"],
)
def test_quotes_that_are_located(write, quote: str, words: str | None) -> None:
    case = load_case(write(HEAD + provision(quote)))
    text = case.provisions[0].text
    if words:
        assert text.split() == words.split()
    else:
        assert text.startswith("We may change")
        assert text.endswith("within 14 days.")


@pytest.mark.parametrize(
    ("yaml", "key", "words"),
    [
        (HEAD + GOOD.replace("price at", "prize at"), "provisions.0.quote", "nearest words there are 'We may change"),
        (HEAD + provision("Fees are"), "provisions.0.quote", "line 9: 'Fees are' occurs 2 times"),
        (HEAD + provision("We sell ... tested thrice"), "provisions.0.quote", "'tested thrice' does not follow"),
        (HEAD + provision(category="price_chance"), "provisions.0.category", "no category has the id 'price_chance'"),
        (HEAD + GOOD.replace("2, opt_out", "4, opt_out"), "provisions.0.factors.rights_waived", "less than or equal"),
        (HEAD + provision(extra="    severity: high\n"), "provisions.0.severity", "the factors give medium"),
        (HEAD + provision(extra="    secondary: [other_x]\n"), "provisions.0.secondary", "'other_x'"),
        (HEAD + provision(extra="    secondary: [cancellation_refund]\n"), "provisions.0.secondary", "primary"),
        (HEAD + provision(extra='    frameworks: ["GDPR Art. 13"]\n'), "provisions.0.frameworks.0", "law in EU"),
        (HEAD + provision(extra='    frameworks: ["Tea Act §3"]\n'), "provisions.0.frameworks.0", "does not resolve"),
        (HEAD + provision(extra='    agencies: ["FTC"]\n'), "provisions.0.agencies.0", "enforces none"),
        (HEAD + provision(extra='    agencies: ["Tea Board"]\n'), "provisions.0.agencies.0", "names no agency"),
        (HEAD + provision(extra='    must_mention: ["60 days"]\n'), "provisions.0.must_mention.0", "'60 days'"),
        (HEAD + provision(extra='    must_mention: ["fee | "]\n'), "provisions.0.must_mention.0", "is empty"),
        (HEAD + provision(extra="    colour: red\n"), "provisions.0.colour", "Extra inputs"),
        (HEAD + GOOD + GOOD, "provisions.1.quote", "is also the quote of provision p1"),
        (HEAD + GOOD + 'nothing_here: ["We may change"]\n', "nothing_here.0", "overlaps the quote of provision p1"),
        (HEAD.replace("kestrel.md", "gone.md") + GOOD, "document", "no file 'gone.md'"),
        (HEAD.replace("kestrel.md", "../kestrel.md") + GOOD, "document", "no file"),
        (HEAD.replace("split: dev", "split: train") + GOOD, "split", "'dev' or 'test'"),
        (HEAD + "  - [\n", "-", "kestrel.yml"),
    ],
    ids=[
        "a quote with a wrong letter",
        "a quote that stands twice",
        "last words that do not follow",
        "an unknown category",
        "a factor out of range",
        "a severity that the factors do not give",
        "an unknown secondary category",
        "a secondary category that is the primary one",
        "a framework that cannot reach the place",
        "a framework that does not exist",
        "an agency without a framework",
        "an unknown agency",
        "a number that the document lacks",
        "an empty spelling",
        "a misspelled key",
        "one quote for two provisions",
        "a negative inside a provision",
        "a missing document",
        "a document elsewhere",
        "an unknown split",
        "broken YAML",
    ],
)
def test_mistakes_are_reported_with_file_and_key(write, yaml: str, key: str, words: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(write(yaml))
    assert caught.value.file == "kestrel.yml"
    assert caught.value.key == key
    assert words in str(caught.value)


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="holds no case file"):
        load_cases(tmp_path)
