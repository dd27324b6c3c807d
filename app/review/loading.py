"""The draft or the document that a page is about, loaded by its id; an unknown id is a 404."""

from app.review.auth import Visit
from app.review.denials import DeniedError
from app.review.document_cache import LoadedDocument
from smallprint.review import Standing
from smallprint.store import drafts


def standing_or_404(visit: Visit, draft_id: str) -> Standing:
    """A draft as it stands."""
    with visit.store.read() as connection:
        standing = drafts.find_standing(connection, draft_id)
    if standing is None:
        raise DeniedError("There is no such draft.", 404)
    return standing


def document_or_404(visit: Visit, document_id: str) -> LoadedDocument:
    """A document with its clauses."""
    loaded = visit.state.documents.load(document_id)
    if loaded is None:
        raise DeniedError("There is no such document.", 404)
    return loaded
