"""How documents, drafts and ledgers look in a terminal; a document's words are shown as text, never as markup."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from smallprint.records import AgencyReason, Analysis, Clause, Document, Draft, Evidence, Ledger, Usage
from smallprint.severity import LEVELS

STYLES = {
    "critical": "bold white on red3",
    "high": "bold red",
    "medium": "bold orange3",
    "low": "cyan",
    "beneficial": "green",
}
_BAR_WIDTH = 36  # characters of the longest bar
_MAX_QUOTE_CHARACTERS = 420  # of a quotation before its middle is left out: four lines of a wide terminal


def by_severity(drafts: Sequence[Draft]) -> list[Draft]:
    """Worst first, within a level in the order of the text."""
    return sorted(drafts, key=lambda draft: (-LEVELS.index(draft.severity), draft.evidence[0].start))


def severity_chart(drafts: Sequence[Draft]) -> Table:
    """One bar a level, worst first."""
    counts = Counter(draft.severity for draft in drafts)
    longest = max(counts.values(), default=1)
    table = Table.grid(padding=(0, 1))
    for level in reversed(LEVELS):
        bar = "█" * max(round(counts[level] / longest * _BAR_WIDTH), 1) if counts[level] else ""
        color = "red3" if level == "critical" else STYLES[level].replace("bold ", "")
        table.add_row(
            Text(level, justify="right", style=STYLES[level]), Text(str(counts[level])), Text(bar, style=color)
        )
    return table


def analyst_line(model: str) -> Text:
    """Which analyst read the documents; a free one is described, with a hint at what would read better."""
    from classifiers.analysts import traits_of

    traits = traits_of(model)
    if traits.free:
        better = "which would read better (--model openai:NAME with OPENAI_API_KEY)"
        return Text(f"Read by {traits.label}: {traits.description}, {better}.", style="italic")
    return Text(f"Read by {traits.label}.", style="italic")


def draft_block(draft: Draft, clauses: Sequence[Clause], *, number: int | None = None) -> RenderableType:
    """One draft as an analyst reads it: level and title, where, the quotation, what it means, law, agencies.

    Args:
        draft: what to show.
        clauses: of its document, for their numbers and headings.
        number: of the draft in a list of them; with it, the reasons and what to check are shown too.

    """
    head = Text.assemble(
        (f"{number:>3}  " if number else "", "dim"),
        (f" {draft.severity.upper()} ", STYLES[draft.severity]),
        "  ",
        (draft.title, "bold"),
    )
    body = Table.grid(padding=(0, 2))
    body.add_column(style="dim", no_wrap=True, min_width=10)
    body.add_column()
    kinds = " + ".join((draft.category, *draft.secondary))
    body.add_row("kind", Text(f"{kinds} · confidence {draft.confidence:.0%}", style="dim"))
    for evidence in draft.evidence:
        body.add_row("quote", Text(f"“{_shortened(evidence.text)}”", style="italic"))
        body.add_row("where", Text(_where(evidence, clauses), style="dim"))
    body.add_row("what it is", Text(draft.what_it_is))
    body.add_row("for you", Text(draft.consumer_impact))
    if number:
        body.add_row("why", Text(draft.why_it_matters))
    if draft.frameworks:
        body.add_row("law", Text("; ".join(law.citation + ("" if law.valid else " (?)") for law in draft.frameworks)))
    if number and draft.enforcement_risk:
        body.add_row("risk", Text(draft.enforcement_risk))
    for agency in draft.agencies:
        body.add_row("agency", _agency(agency))
    for action in draft.due_diligence if number else ():
        body.add_row("check", Text(action))
    if draft.flags:
        body.add_row("flags", Text(", ".join(draft.flags), style="magenta"))
    return Group(head, Padding(body, (0, 0, 1, 5)))


def _agency(agency: AgencyReason) -> Text:
    line = Text.assemble((agency.name, "bold"), f": {agency.reason}")
    if agency.complaint_url:
        line.append(f"  {agency.complaint_url}", style="blue")
    return line


def _where(evidence: Evidence, clauses: Sequence[Clause]) -> str:
    first = next((clause for clause in clauses if clause.id in evidence.clauses), None)
    parts = []
    if first is not None:
        parts += [f"clause {first.number or first.id}"]
        parts += [" › ".join(first.heading_path)] if first.heading_path else []
    parts += [f"page {evidence.page}"] if evidence.page else []
    parts += [f"characters {evidence.start:,}-{evidence.end:,}", evidence.status]
    return " · ".join(parts)


def _shortened(words: str) -> str:
    flat = " ".join(words.split())
    if len(flat) <= _MAX_QUOTE_CHARACTERS:
        return flat
    half = _MAX_QUOTE_CHARACTERS // 2
    return f"{flat[:half].rsplit(' ', 1)[0]} […] {flat[-half:].split(' ', 1)[-1]}"


def ledger_line(ledger: Ledger, usage: Usage) -> Text:
    """The account of the clauses and the bill, on one line."""
    parts = [counted(ledger.clauses, "clause"), f"{ledger.analyzed} with provisions", f"{ledger.nothing_found} without"]
    parts += [f"{ledger.failed} failed"] if ledger.failed else []
    parts += [f"{ledger.over_budget} over budget"] if ledger.over_budget else []
    parts += [f"{ledger.characters_covered:.1%} of the text covered"]
    if usage.calls or usage.cached_calls:
        parts += [f"{usage.calls} calls (+{usage.cached_calls} from the store)"]
        parts += [f"{usage.input_tokens + usage.output_tokens:,} tokens", money(usage.cost_usd)]
    return Text("ledger: " + " · ".join(parts), style="dim")


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 draft, 2 drafts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(cost: float | None) -> str:
    """Dollars, or that the price is unknown."""
    return "cost unknown" if cost is None else f"${cost:.4f}" if cost < 1 else f"${cost:,.2f}"


def reading_view(document: Document, clauses: tuple[Clause, ...], analysis: Analysis, model: str) -> Group:
    """The whole answer of ``read``: head, chart, drafts, ledger."""
    facts = [document.language or "language unknown", document.media_type.rsplit(".", 1)[-1]]
    facts += [f"{document.page_count} pages"] if document.page_count else []
    facts += [counted(len(clauses), "clause"), f"{len(document.text):,} characters", f"SHA-256 {document.sha256[:16]}…"]
    parts: list[RenderableType] = [
        Text(document.title or document.source, style="bold underline"),
        Text(" · ".join(facts), style="dim"),
        analyst_line(model),
    ]
    parts += _warnings(document)
    parts += [Text(), severity_chart(analysis.drafts), Text()]
    parts += [draft_block(draft, clauses, number=n) for n, draft in enumerate(by_severity(analysis.drafts), 1)]
    if not analysis.drafts:
        parts += [Text("No provision was found."), Text()]
    if analysis.rejections:
        counts = Counter(rejection.reason for rejection in analysis.rejections).most_common()
        parts += [Text("rejected: " + ", ".join(f"{count} {reason}" for reason, count in counts), style="dim")]
    parts += [ledger_line(analysis.ledger(clauses), analysis.usage)]
    return Group(*parts)


def clause_list(document: Document, clauses: Sequence[Clause]) -> Group:
    """The clauses of ``extract``: number, page, offsets, headings, words."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold", no_wrap=True)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column()
    for clause in clauses:
        page = f"p{clause.page_start} " if clause.page_start else ""
        words = Text(clause.text, style="bold" if clause.heading_only else "")
        table.add_row(clause.number or clause.id, f"{page}{clause.start}-{clause.end}", words)
    head = Text(
        f"{document.title or document.source}: {counted(len(clauses), 'clause')}, {len(document.text):,} characters"
    )
    return Group(head, *_warnings(document), table)


def _warnings(document: Document) -> list[Text]:
    return [Text(f"warning: {warning.code}: {warning.detail}", style="yellow") for warning in document.warnings]
