"""Pages of the archive: templates filled from an edition's views, every text escaped, every link relative."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from app.archive import paths
from app.archive.charts import severity_strip
from app.archive.citing import cite_document, cite_record
from app.archive.edition import MarkedClause, RecordPage, RecordWording
from app.archive.machine import dataset_json_ld, record_json_ld
from app.archive.views import WORST_FIRST, Views, categories_of
from classifiers.analysts import traits_of
from classifiers.changes.redline import redline
from smallprint.records import Factors, FrameworkCitation
from smallprint.registry.entries import Framework
from smallprint.severity import LEVELS

SITE_NAME = "Smallprint archive"
# No script, style, image or form of anybody else; scripts of ours on the search page only.
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
FACTOR_LABELS = {
    "rights_waived": "Rights given up",
    "opt_out": "Way out",
    "breadth": "Whom it reaches",
    "exposure": "What is at stake",
    "discretion": "Company's freedom",
}
FACTOR_QUESTIONS = {
    "rights_waived": "From no right (0) to a fundamental one such as the way to court (3).",
    "opt_out": "From full control (0) to no way out while something is taken (3).",
    "breadth": "From few special users (0) to every user from the first use (3).",
    "exposure": "From nothing (0) to large or irreversible loss (3).",
    "discretion": "From objective conditions with notice (0) to sole discretion without notice (3).",
}
LEVEL_NAMES = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "beneficial": "Good for users",
}
REGIONS = {"US": "United States", "EU": "European Union", "UK": "United Kingdom", "US-CA": "California"}
MAX_OTHERS = 12  # other provisions of the document on a record's page; the document's page has all


@dataclass(frozen=True)
class CitedLaw:
    """A citation as a page shows it."""

    citation: str
    id: str | None
    name: str
    url: str
    why: str


@dataclass(frozen=True)
class Rendering:
    """An edition's pages with what they are told from outside."""

    views: Views
    base_url: str  # where the archive will stand; empty: not known, and citations carry the path alone
    has_pdf: bool
    has_bundles: bool

    def address(self, path: str) -> str:
        """A page's address for citations and shares."""
        return f"{self.base_url.rstrip('/')}/{path.removesuffix('index.html')}"


def render_pages(rendering: Rendering) -> Iterator[tuple[str, str]]:
    """Every page as (path, HTML)."""
    views = rendering.views
    standing = sorted(_standing(views), key=lambda record: -LEVELS.index(record.draft.severity))
    yield "index.html", _render("home.html", "index.html", rendering, standing=standing, worst_first=WORST_FIRST)
    for record in views.edition.records:
        yield from _record_pages(rendering, record)
    for document in views.edition.documents:
        path = paths.document_path(document.id)
        own = [views.record_by_id[key] for key in document.records]
        yield path, _render("document.html", path, rendering, document=document, own=own)
    yield from _company_pages(rendering)
    yield from _category_pages(rendering)
    yield from _law_pages(rendering)
    yield from _agency_pages(rendering)
    for level in WORST_FIRST:
        path = paths.severity_path(level)
        intro = "Provisions of this level, by company."
        heading = f"{LEVEL_NAMES[level]}: provisions of this level"
        records = views.by_level.get(level, ())
        yield path, _render("list.html", path, rendering, heading=heading, intro=intro, entries=(), records=records)
    yield "search/index.html", _render("search.html", "search/index.html", rendering)
    yield (
        "data/index.html",
        _render(
            "data.html", "data/index.html", rendering, feeds=feed_names(views), json_ld=_inert(dataset_json_ld(views))
        ),
    )
    makers = sorted({traits_of(record.draft.provenance.model).label for record in views.edition.records})
    yield (
        "about/index.html",
        _render(
            "about.html",
            "about/index.html",
            rendering,
            makers=makers,
            factors=FACTOR_LABELS.items(),
            questions=FACTOR_QUESTIONS,
        ),
    )


def feed_names(views: Views) -> list[tuple[str, str]]:
    """The feeds that exist, by what they hold."""
    feeds = [("All records", "feeds/all.xml")]
    feeds += [(company.name, f"feeds/company/{paths.slug(company.name)}.xml") for company in views.companies]
    feeds += [
        (views.registry.categories[category].name, f"feeds/category/{category}.xml")
        for category in views.registry.categories
        if views.by_category.get(category)
    ]
    return feeds + [(LEVEL_NAMES[level], f"feeds/severity/{level}.xml") for level in WORST_FIRST]


def _standing(views: Views) -> list[RecordPage]:
    return [record for company in views.companies for record in company.records]


# ---- records


def _record_pages(rendering: Rendering, record: RecordPage) -> Iterator[tuple[str, str]]:
    """Today's wording under the record's address, and each wording under its own."""
    today = paths.record_path(record.id)
    yield today, _record_page(rendering, record, record.wording, today)
    for number, wording in enumerate(record.wordings):
        path = paths.wording_path(record.id, wording.version)
        newer = record.wordings[number + 1] if number + 1 < len(record.wordings) else None
        yield path, _record_page(rendering, record, wording, path, newer=newer)


def _record_page(
    rendering: Rendering, record: RecordPage, wording: RecordWording, path: str, newer: RecordWording | None = None
) -> str:
    views = rendering.views
    document = views.document_by_id[record.document]
    frozen = rendering.address(paths.wording_path(record.id, wording.version))
    others = [views.record_by_id[key] for key in document.records if key != record.id]
    draft = wording.draft
    return _render(
        "record.html",
        path,
        rendering,
        record=record,
        wording=wording,
        document=document,
        is_current_wording=newer is None,
        replaced_at=newer.approved_at if newer else None,
        factors=[(name, FACTOR_LABELS[name]) for name in Factors.model_fields],
        laws=_laws_by_region(draft.frameworks, views),
        context={"sentence": _context(views, record)},
        nearest=views.nearest(record),
        others=others[:MAX_OTHERS],
        citation=cite_record(record, wording, document, frozen),
        document_citation=cite_document(document),
        json_path=f"r/{record.id}/record.json",
        pdf_path=f"r/{record.id}/record.pdf",
        bundle_path=f"r/{record.id}/proof.zip",
        json_ld=_inert(record_json_ld(record, wording, document, views, frozen)),
        share=_share(rendering, record),
        proof=_proof(record),
        maker=_maker(draft.provenance.model, draft.provenance.prompt),
        categories=categories_of(record),
        redline=_wording_redline(wording, record.wording) if newer else (),
    )


def _laws_by_region(frameworks: Sequence[FrameworkCitation], views: Views) -> list[tuple[str, list[CitedLaw]]]:
    """The citations by region, in the order of the draft."""
    regions: dict[str, list[CitedLaw]] = {}
    for cited in frameworks:
        law = views.registry.frameworks.get(cited.id) if cited.id else None
        region = law.jurisdiction if law else "Elsewhere"
        regions.setdefault(REGIONS.get(region, region), []).append(
            CitedLaw(
                citation=cited.citation,
                id=cited.id if law and views.by_law.get(law.id) else None,
                name=law.short if law else "not in our registry",
                url=law.url if law else "",
                why=cited.why,
            )
        )
    return list(regions.items())


def _context(views: Views, record: RecordPage) -> str:
    """How many of the companies have such a clause."""
    category = views.registry.categories[record.draft.category].name
    have = {other.entity for other in views.by_category.get(record.draft.category, ())}
    return f"{len(have)} of {len(views.companies)} companies here have a clause on “{category}”."


def _share(rendering: Rendering, record: RecordPage) -> list[tuple[str, str]]:
    """Plain links to other sites' share forms; none without a public address to share."""
    if not rendering.base_url or rendering.views.edition.is_preview:
        return []
    url = quote(rendering.address(paths.record_path(record.id)), safe="")
    title = quote(f"{record.draft.title} ({record.entity})", safe="")
    return [
        ("Share by mail", f"mailto:?subject={title}&body={url}"),
        ("Share on X", f"https://x.com/intent/post?text={title}&url={url}"),
        ("Share on LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ]


def _proof(record: RecordPage) -> str:
    statuses = sorted({evidence.status for evidence in record.draft.evidence})
    words = {
        "exact": "letter for letter",
        "normalized": "same words, typography aside",
        "spliced": "in parts, each letter for letter",
        "fuzzy": "nearly the same words, checked by a person",
        "ambiguous": "stands in several clauses, chosen by a person",
    }
    return "; ".join(words[status] for status in statuses)


def _maker(model: str, prompt: str) -> str:
    return f"{traits_of(model).label} ({prompt})"


def _wording_redline(old: RecordWording, new: RecordWording) -> list[tuple[str, Markup]]:
    """The texts of a wording that differ from today's, each as a redline."""
    fields = {
        "title": "Title",
        "what_it_is": "What it is",
        "consumer_impact": "What it means",
        "why_it_matters": "Why it matters",
    }
    changed = [
        (label, redline_html(getattr(old.draft, field), getattr(new.draft, field)))
        for field, label in fields.items()
        if getattr(old.draft, field) != getattr(new.draft, field)
    ]
    old_quotes, new_quotes = ("\n".join(proof.text for proof in wording.draft.evidence) for wording in (old, new))
    if old_quotes != new_quotes:
        changed.append(("Quotation", redline_html(old_quotes, new_quotes)))
    if old.draft.severity != new.draft.severity:
        changed.append(("Severity", redline_html(LEVEL_NAMES[old.draft.severity], LEVEL_NAMES[new.draft.severity])))
    return changed


_REDLINE_TAGS = {
    "equal": Markup("{}"),
    "deleted": Markup("<del>{}</del>"),
    "inserted": Markup("<ins>{}</ins>"),
}


def redline_html(old: str, new: str) -> Markup:
    """Struck and inserted words, escaped."""
    return Markup("").join(_REDLINE_TAGS[part.operation].format(part.text) for part in redline(old, new))


# ---- between the records


def _company_pages(rendering: Rendering) -> Iterator[tuple[str, str]]:
    views = rendering.views
    medians = {
        level: round(median([company.levels[level] for company in views.companies] or [0])) for level in WORST_FIRST
    }
    for company in views.companies:
        path = paths.company_path(company.name)
        feed = f"feeds/company/{paths.slug(company.name)}.xml"
        yield path, _render("company.html", path, rendering, company=company, medians=medians, feed=feed)


def _category_pages(rendering: Rendering) -> Iterator[tuple[str, str]]:
    views = rendering.views
    groups: dict[str, list[tuple[Any, list[Any]]]] = {}
    for category in views.registry.categories.values():
        rows = views.category_rows(category.id)
        by_name = {row.company.name: row for row in rows}
        cells = [by_name[company.name] for company in views.companies]
        groups.setdefault(category.group.replace("_", " ").capitalize(), []).append((category, cells))
        path = paths.category_path(category.id)
        records = views.by_category.get(category.id, ())
        yield (
            path,
            _render(
                "category.html",
                path,
                rendering,
                category=category,
                rows=rows,
                records=records,
                pairs=_nearest_pair(records),
                feed=f"feeds/category/{category.id}.xml",
                sentence=f"{sum(bool(row.records) for row in rows)} of {len(rows)} companies have such a clause.",
            ),
        )
    path = "category/index.html"
    yield path, _render("categories.html", path, rendering, groups=groups.items())


def _nearest_pair(records: Sequence[RecordPage]) -> dict[str, Any] | None:
    """The two quotations of different companies that are most alike, with their redline."""
    from rapidfuzz import fuzz

    quotes = [(record, record.draft.evidence[0].text) for record in records][:MAX_COMPARED]
    best: tuple[float, RecordPage, RecordPage] | None = None
    for number, (left, left_quote) in enumerate(quotes):
        for right, right_quote in quotes[number + 1 :]:
            if left.entity == right.entity:
                continue
            likeness = fuzz.token_sort_ratio(left_quote, right_quote)
            if best is None or likeness > best[0]:
                best = (likeness, left, right)
    if best is None or best[0] < MIN_LIKENESS:
        return None
    _, left, right = best
    return {
        "left": left.entity,
        "right": right.entity,
        "redline": redline_html(left.draft.evidence[0].text, right.draft.evidence[0].text),
    }


MAX_COMPARED = 60  # records of a category compared pair by pair: 1,770 comparisons, some milliseconds
MIN_LIKENESS = 60  # per cent of shared words; below it a redline is two texts one after the other


def _law_pages(rendering: Rendering) -> Iterator[tuple[str, str]]:
    views = rendering.views
    entries = []
    for law in views.registry.frameworks.values():
        records = views.by_law.get(law.id, ())
        if not records:
            continue
        path = paths.law_path(law.id)
        entries.append((law.name, path, REGIONS.get(law.jurisdiction, law.jurisdiction), len(records)))
        agencies = [agency for agency in views.registry.agencies.values() if law.id in agency.enforces]
        agencies = [agency for agency in agencies if views.by_agency.get(agency.id)]
        yield (
            path,
            _render(
                "law.html",
                path,
                rendering,
                law=law,
                agencies=agencies,
                articles=_by_article(law, records),
                anchor=paths.slug,
            ),
        )
    path = "law/index.html"
    entries.sort(key=lambda entry: (-entry[3], entry[0]))
    intro = "The laws that provisions engage, the most often cited first."
    yield path, _render("list.html", path, rendering, heading="Laws", intro=intro, column="Law", entries=entries)


def _by_article(law: Framework, records: Sequence[RecordPage]) -> list[tuple[str, list[RecordPage]]]:
    articles: dict[str, list[RecordPage]] = {}
    for record in records:
        for cited in record.draft.frameworks:
            if cited.id == law.id and record not in articles.setdefault(cited.citation, []):
                articles[cited.citation].append(record)
    return sorted(articles.items(), key=lambda article: _natural(article[0]))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key under which Art. 6 comes before Art. 13."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text)]


def _agency_pages(rendering: Rendering) -> Iterator[tuple[str, str]]:
    views = rendering.views
    entries = []
    for agency in views.registry.agencies.values():
        records = views.by_agency.get(agency.id, ())
        if not records:
            continue
        path = paths.agency_path(agency.id)
        entries.append((agency.name, path, REGIONS.get(agency.jurisdiction, agency.jurisdiction), len(records)))
        laws = [
            law for law in views.registry.frameworks.values() if law.id in agency.enforces and views.by_law.get(law.id)
        ]
        yield path, _render("agency.html", path, rendering, agency=agency, records=records, laws=laws)
    path = "agency/index.html"
    entries.sort(key=lambda entry: (-entry[3], entry[0]))
    intro = "Who takes complaints, and about what."
    yield path, _render("list.html", path, rendering, heading="Agencies", intro=intro, column="Agency", entries=entries)


# ---- templates


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.archive"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": lambda moment: f"{moment:%-d %B %Y}",
        "moment": lambda moment: f"{moment:%-d %B %Y, %H:%M:%S} UTC",
        "iso_day": _iso_day,
        "marked": _marked,
        "host": lambda url: urlsplit(url).hostname or url,
        "web": lambda url: url if url.startswith(("https://", "http://")) else "",
        "a_role": lambda role: f"a {role}" if role[0] not in "aeiou" else f"an {role}",
    }
    environment.globals |= {
        "site_name": SITE_NAME,
        "policy": POLICY,
        "severity_strip": severity_strip,
        "level_name": LEVEL_NAMES.__getitem__,
        "counted": counted,
    }
    return environment


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: "1 clause", "2 clauses"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _render(template: str, path: str, rendering: Rendering, **context: Any) -> str:  # noqa: ANN401 -- template values
    views = rendering.views

    def to(target: str) -> str:
        return paths.relative(target, path)

    return (
        _environment()
        .get_template(template)
        .render(
            views=views,
            edition=views.edition,
            is_preview=views.edition.is_preview,
            has_pdf=rendering.has_pdf,
            has_bundle=rendering.has_bundles,
            to=to,
            to_record=lambda record: to(paths.record_path(record.id)),
            to_wording=lambda record, wording: to(paths.wording_path(record.id, wording.version)),
            to_document=lambda document: to(paths.document_path(document.id)),
            to_company=lambda entity: to(paths.company_path(entity)),
            category_name=lambda key: views.registry.categories[key].name if key in views.registry.categories else key,
            named=lambda text: _with_names(text, views),
            **context,
        )
    )


def _with_names(definition: str, views: Views) -> str:
    """A definition of the taxonomy with the names of the categories that it writes as ids."""

    def name(match: re.Match[str]) -> str:
        category = views.registry.categories.get(match[0])
        return f"“{category.name}”" if category else match[0]

    return re.sub(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", name, definition)


def _marked(clause: MarkedClause) -> Markup:
    """The clause's words with its evidence marked."""
    parts, at = [], 0
    for start, end in clause.marks:
        parts += [escape(clause.text[at:start]), Markup("<mark>{}</mark>").format(clause.text[start:end])]
        at = end
    return Markup("").join([*parts, escape(clause.text[at:])])


def _iso_day(day: str) -> str:
    """An ISO day or month in words: 29 April 2026, April 2026."""
    if len(day) == len("2026-04"):
        return f"{date.fromisoformat(f'{day}-01'):%B %Y}"
    return f"{date.fromisoformat(day):%-d %B %Y}"


def _inert(json_text: str) -> Markup:
    """JSON for a data block: characters that could end the block or open markup are written as escapes."""
    table = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
    return Markup(json_text.translate(table))  # noqa: S704 -- escaped by the line above
