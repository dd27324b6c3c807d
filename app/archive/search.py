"""The search index: words of every record in small scripts by their first two letters, read by ``static/search.js``."""

import json
import re
import unicodedata
from collections.abc import Iterator

from app.archive.edition import RecordPage
from app.archive.pages import LEVEL_NAMES
from app.archive.paths import record_path
from app.archive.views import STANDING, Views, categories_of

# As in static/search.js: letters and digits; a citation's levels stay with its number, "6(1)(f)".
_TOKEN = re.compile(r"[^\W_]+(?:\.[0-9]+)*(?:\([a-z0-9]+\))*")
_NOT_SHARD = re.compile(r"[^a-z0-9]")
# How much a word counts by where it stands.
TITLE, NAME, LAW, TEXT, QUOTE = 8, 6, 5, 2, 1


def tokens(text: str) -> list[str]:
    """The words of a text as the index holds them: lower case, without accents."""
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
    return _TOKEN.findall(plain.casefold().replace("§", " "))


def search_files(views: Views) -> Iterator[tuple[str, str]]:
    """The list of records and the shards of the index, as scripts that call back."""
    records = [record for record in views.edition.records if record.state in STANDING]
    rows = [
        [record_path(record.id), record.draft.title, record.draft.severity, record.entity, _category(record, views)]
        for record in records
    ]
    yield "search/records.js", f"archiveRecords({_script(rows)});\n"
    shards: dict[str, dict[str, dict[int, int]]] = {}
    for number, record in enumerate(records):
        for word, weight in _weights(record, views).items():
            shards.setdefault(_shard(word), {}).setdefault(word, {})[number] = weight
    for name, words in sorted(shards.items()):
        listed = {word: sorted(numbers.items()) for word, numbers in sorted(words.items())}
        yield f"search/index-{name}.js", f"archiveShard({json.dumps(name)},{_script(listed)});\n"


def _category(record: RecordPage, views: Views) -> str:
    category = views.registry.categories.get(record.draft.category)
    return category.name if category else record.draft.category


def _weights(record: RecordPage, views: Views) -> dict[str, int]:
    draft = record.draft
    document = views.document_by_id[record.document]
    categories = [
        views.registry.categories[key].name for key in categories_of(record) if key in views.registry.categories
    ]
    weighted = (
        (TITLE, draft.title),
        (NAME, f"{record.entity} {document.title} {document.terms_type} {record.id} {document.id}"),
        (LAW, " ".join(law.citation for law in draft.frameworks)),
        (LAW, " ".join(agency.name for agency in draft.agencies)),
        (NAME, " ".join([*categories, LEVEL_NAMES[draft.severity]])),
        (TEXT, f"{draft.what_it_is} {draft.consumer_impact}"),
        (QUOTE, " ".join(proof.text for proof in draft.evidence)),
    )
    weights: dict[str, int] = {}
    for weight, text in weighted:
        for word in tokens(text):
            weights[word] = max(weights.get(word, 0), weight)
    return weights


def _shard(word: str) -> str:
    return _NOT_SHARD.sub("_", word[:2])


def _script(value: object) -> str:
    """JSON that is also a safe JavaScript literal inside a file of its own."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
