"""Atom feeds of records, by all, company, category and severity, with ids that never change (RFC 4151, RFC 4287)."""

from collections.abc import Iterator, Sequence

from lxml import etree

from app.archive import paths
from app.archive.edition import RecordPage
from app.archive.pages import LEVEL_NAMES, SITE_NAME
from app.archive.views import STANDING, WORST_FIRST, Views

ATOM = "http://www.w3.org/2005/Atom"
MAX_ENTRIES = 100  # the newest; the bulk files hold all
# The authority of the tag URIs: they stay the same wherever the archive is served from.
TAG = "tag:smallprint.invalid,2026:"


def render_feeds(views: Views, base_url: str) -> Iterator[tuple[str, bytes]]:
    """Every feed as (path, XML)."""
    standing = [record for record in views.edition.records if record.state in STANDING]
    yield _feed("feeds/all.xml", "All records", standing, views, base_url)
    for company in views.companies:
        yield _feed(f"feeds/company/{paths.slug(company.name)}.xml", company.name, company.records, views, base_url)
    for key, records in sorted(views.by_category.items()):
        if key in views.registry.categories:
            name = views.registry.categories[key].name
            yield _feed(f"feeds/category/{key}.xml", name, records, views, base_url)
    for key in views.registry.categories:
        if key not in views.by_category:
            yield _feed(f"feeds/category/{key}.xml", views.registry.categories[key].name, (), views, base_url)
    for level in WORST_FIRST:
        records = views.by_level.get(level, ())
        yield _feed(f"feeds/severity/{level}.xml", LEVEL_NAMES[level], records, views, base_url)


def _feed(path: str, title: str, records: Sequence[RecordPage], views: Views, base_url: str) -> tuple[str, bytes]:
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _text(root, "id", f"{TAG}{path.removesuffix('.xml')}")
    _text(root, "title", f"{SITE_NAME}: {title}")
    newest = sorted(records, key=lambda record: (record.wording.approved_at, record.id), reverse=True)[:MAX_ENTRIES]
    updated = newest[0].wording.approved_at if newest else views.edition.as_of
    _text(root, "updated", updated.isoformat())
    _link(root, "self", _address(path, path, base_url))
    _link(root, "alternate", _address("index.html", path, base_url))
    author = etree.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", SITE_NAME)
    for record in newest:
        _entry(root, record, views, path, base_url)
    return path, etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _entry(root: etree._Element, record: RecordPage, views: Views, path: str, base_url: str) -> None:
    wording = record.wording
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", f"{TAG}{record.id}/v{wording.version}")
    _text(entry, "title", f"{record.entity}: {wording.draft.title}")
    _text(entry, "updated", wording.approved_at.isoformat())
    _text(entry, "published", record.wordings[0].approved_at.isoformat())
    _link(entry, "alternate", _address(paths.wording_path(record.id, wording.version), path, base_url))
    category = views.registry.categories.get(wording.draft.category)
    for term, label in (
        (wording.draft.category, category.name if category else wording.draft.category),
        (wording.draft.severity, LEVEL_NAMES[wording.draft.severity]),
    ):
        etree.SubElement(entry, f"{{{ATOM}}}category", term=term, label=label)
    _text(entry, "summary", f"{LEVEL_NAMES[wording.draft.severity]}. {wording.draft.consumer_impact}")


def _address(target: str, feed: str, base_url: str) -> str:
    if base_url:
        return f"{base_url.rstrip('/')}/{target.removesuffix('index.html')}"
    return paths.relative(target, feed)


def _text(parent: etree._Element, name: str, text: str) -> None:
    """A child with text; characters that XML cannot hold are left out."""
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(
        character for character in text if character in "\t\n" or (character >= " " and character not in "\ufffe\uffff")
    )


def _link(parent: etree._Element, rel: str, href: str) -> None:
    kind = "application/atom+xml" if rel == "self" else "text/html"
    etree.SubElement(parent, f"{{{ATOM}}}link", rel=rel, type=kind, href=href)
