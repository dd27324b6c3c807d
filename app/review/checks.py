"""Answers to the form while somebody types: whether a citation exists, which severity the factors make."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from app.review.auth import See
from app.review.edits import CitationEdit, resolve_citations
from smallprint.records import Factors
from smallprint.severity import score, severity

router = APIRouter()
MAX_CITATION_LENGTH = 500  # characters


@router.get("/check/citation")
def check_citation(visit: See, document: str, text: str) -> Response:
    """What a citation resolves to in the registry."""
    loaded = visit.state.documents.load(document)
    if loaded is None:
        return JSONResponse([])
    frameworks = visit.registry.frameworks
    resolved = resolve_citations([CitationEdit(citation=text[:MAX_CITATION_LENGTH])], loaded, visit.registry)
    return JSONResponse(
        [
            {
                "citation": law.citation,
                "valid": law.valid,
                "problem": law.problem,
                "url": frameworks[law.id].url if law.id else None,
                "name": frameworks[law.id].name if law.id else None,
            }
            for law in resolved
        ]
    )


@router.get("/check/severity")
def check_severity(_visit: See, factors: Annotated[Factors, Query()]) -> Response:
    """The level that five scores make."""
    return JSONResponse({"severity": severity(factors), "score": score(factors)})
