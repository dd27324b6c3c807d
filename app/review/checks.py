"""Answers to the form while somebody types: whether a citation exists, which severity the factors make."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from app.review.auth import See
from app.review.forms import FACTORS, read_citations
from app.review.source_pane import document_cache
from smallprint.records import Factors
from smallprint.severity import score, severity

router = APIRouter()


@router.get("/check/citation")
def check_citation(visit: See, document: str, text: str) -> Response:
    """What a citation resolves to in the registry."""
    loaded = document_cache(visit).load(document)
    if loaded is None or not text.strip():
        return JSONResponse([])
    found = read_citations({"citation": [text[:500]], "citation_why": [""]}, loaded, visit.registry)
    return JSONResponse(
        [
            {
                "citation": one.citation,
                "valid": one.valid,
                "problem": one.problem,
                "url": visit.registry.frameworks[one.id].url if one.id else None,
                "name": visit.registry.frameworks[one.id].name if one.id else None,
            }
            for one in found
        ]
    )


@router.get("/check/severity")
def check_severity(visit: See) -> Response:
    """The level of five scores."""
    said = {name: visit.request.query_params.get(name, "") for name in FACTORS}
    if any(value not in ("0", "1", "2", "3") for value in said.values()):
        return JSONResponse({"severity": None}, 422)
    factors = Factors(**{name: int(value) for name, value in said.items()})
    return JSONResponse({"severity": severity(factors), "score": score(factors)})
