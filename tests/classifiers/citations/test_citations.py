"""Citations as models and lawyers write them, agencies by their names, and laws that cannot apply to a document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.citations import (
    applicability,
    resolve_agencies,
    resolve_agency,
    resolve_citation,
    resolve_citations,
    resolve_frameworks,
)
from classifiers.citations.resolution import MAX_CITATION_CHARS
from classifiers.proposals import CitedFramework, NamedAgency
from smallprint.registry import Registry, load

REGISTRY = load()

VALID = [
    ("GDPR Art. 6(1)(f)", "gdpr", "GDPR Art. 6(1)(f)"),
    ("Article 6(1)(f) GDPR", "gdpr", "GDPR Art. 6(1)(f)"),
    ("Art. 6 Abs. 1 lit. f DSGVO", "gdpr", "GDPR Art. 6(1)(f)"),
    ("Art. 6 Abs. 1 S. 1 lit. f DSGVO", "gdpr", "GDPR Art. 6(1)(f)"),
    ("artículo 6.1.f RGPD", "gdpr", "GDPR Art. 6(1)(f)"),
    ("Art. 6, par. 1, lett. f) GDPR", "gdpr", "GDPR Art. 6(1)(f)"),
    ("point (f) of Article 6(1) GDPR", "gdpr", "GDPR Art. 6(1)(f)"),
    ("Article 6, paragraphs 1 and 2, of the GDPR", "gdpr", "GDPR Art. 6(1) and 6(2)"),
    ("GDPR Art. 6(1)(f) (legitimate interest as lawful basis)", "gdpr", "GDPR Art. 6(1)(f)"),
    ("GDPR Art. 6 (1) (F)", "gdpr", "GDPR Art. 6(1)(f)"),
    ("gdpr article 17", "gdpr", "GDPR Art. 17"),
    ("GDPR §6", "gdpr", "GDPR Art. 6"),
    ("GDPR 6(1)(f)", "gdpr", "GDPR Art. 6(1)(f)"),
    ("GDPR Art. 13-14", "gdpr", "GDPR Arts. 13–14"),
    ("GDPR Arts. 13 and 14", "gdpr", "GDPR Arts. 13 and 14"),
    ("Articles 15 to 22 GDPR", "gdpr", "GDPR Arts. 15–22"),
    ("GDPR Art. 6(1)(f) and 21", "gdpr", "GDPR Arts. 6(1)(f) and 21"),
    ("GDPR Art. 5(1)(b), (c) and (e)", "gdpr", "GDPR Art. 5(1)(b), 5(1)(c) and 5(1)(e)"),
    ("GDPR Art. 13(1)(c)-(e)", "gdpr", "GDPR Art. 13(1)(c)–13(1)(e)"),
    ("GDPR Art. 4(11)", "gdpr", "GDPR Art. 4(11)"),
    ("GDPR Recital 47", "gdpr", "GDPR Recital 47"),
    ("GDPR Chapter V", "gdpr", "GDPR Chapter V"),
    ("Regulation (EU) 2016/679, Article 13", "gdpr", "GDPR Art. 13"),
    ("GDPR", "gdpr", "GDPR"),
    ("General Data Protection Regulation (GDPR)", "gdpr", "GDPR"),
    ("UK GDPR Art. 22A", "uk-gdpr", "UK GDPR Art. 22A"),
    ("UK GDPR Art. 6(1)(ea)", "uk-gdpr", "UK GDPR Art. 6(1)(ea)"),
    ("DPA 2018 s 36A", "dpa-2018", "DPA 2018 s. 36A"),
    ("ePrivacy Directive Art. 5(3)", "eprivacy", "ePrivacy Directive Art. 5(3)"),
    ("DSA Arts. 14, 17", "dsa", "DSA Arts. 14 and 17"),
    ("AI Act Art. 50", "ai-act", "AI Act Art. 50"),
    ("AI Act Annex III(5)(b)", "ai-act", "AI Act Annex III point 5(b)"),
    ("UCTD Annex 1(k)", "uctd", "UCTD Annex 1(k)"),
    ("UCTD Annex, point 1(k)", "uctd", "UCTD Annex 1(k)"),
    ("UCTD Annex I(1)(k)", "uctd", "UCTD Annex 1(k)"),
    ("UCTD Annex 1(j)(k)", "uctd", "UCTD Annex 1(j) and 1(k)"),
    ("UCTD Art. 3 / Annex 1(k)", "uctd", "UCTD Art. 3, Annex 1(k)"),
    ("Directive 93/13/EEC art 3(1)", "uctd", "UCTD Art. 3(1)"),
    ("CRD Art. 16(m)", "crd", "CRD Art. 16(m)"),
    ("UCPD Annex I point 28", "ucpd", "UCPD Annex I point 28"),
    ("Rome I Art. 6(2)", "rome-i", "Rome I Art. 6(2)"),
    ("Consumer Rights Act 2015 s. 62", "cra-2015", "CRA 2015 s. 62"),
    ("CRA 2015, Schedule 2, Part 1, paragraph 10", "cra-2015", "CRA 2015 Sch. 2 para. 10"),
    ("Consumer Rights Act", "cra-2015", "CRA 2015"),
    ("FTC Act Section 5", "ftc-act", "FTC Act Section 5"),
    ("FTC Act §5", "ftc-act", "FTC Act Section 5"),
    ("Section 5 of the FTC Act", "ftc-act", "FTC Act Section 5"),
    ("15 U.S.C. § 45", "ftc-act", "FTC Act Section 5"),
    ("15 U.S.C. §45(a)", "ftc-act", "FTC Act Section 5(a)"),
    ("15 USC 45(a)(1)", "ftc-act", "FTC Act Section 5(a)(1)"),
    ("Section 5(a) of the Federal Trade Commission Act (15 U.S.C. § 45(a))", "ftc-act", "FTC Act Section 5(a)"),
    ("CCPA §1798.100", "ccpa", "CCPA §1798.100"),
    ("CCPA 1798.100", "ccpa", "CCPA §1798.100"),
    ("CPRA § 1798.140(ae)", "ccpa", "CCPA §1798.140(ae)"),
    ("Cal. Civ. Code § 1798.120(a)", "ccpa", "CCPA §1798.120(a)"),
    ("California Civil Code Section 1798.100", "ccpa", "CCPA §1798.100"),
    ("CCPA §§ 1798.100 and 1798.120", "ccpa", "CCPA §§1798.100 and 1798.120"),
    ("Section 1798.100 of the CCPA", "ccpa", "CCPA §1798.100"),
    (
        "Cal. Civ. Code § 1694.1",
        "ca-dating-services",
        "California Dating Service Contracts Law, Cal. Civ. Code §1694.1",
    ),
    ("Cal. Bus. & Prof. Code § 17602(a)(1)", "ca-arl", "California ARL, Cal. Bus. & Prof. Code §17602(a)(1)"),
    ("16 C.F.R. Part 425", "ftc-negative-option-rule", "FTC Negative Option Rule, 16 C.F.R. Part 425"),
    ("16 CFR 312.5", "coppa", "COPPA Rule, 16 C.F.R. §312.5"),
    ("15 U.S.C. §§ 6501-6506", "coppa", "COPPA, 15 U.S.C. §§6501–6506"),
    ("COPPA 1998", "coppa", "COPPA"),
    ("15 U.S.C. § 8401 et seq.", "rosca", "ROSCA, 15 U.S.C. §8401"),
    ("ROSCA Section 4", "rosca", "ROSCA, 15 U.S.C. §8403"),
    ("9 U.S.C. § 2", "faa", "FAA, 9 U.S.C. §2"),
    ("DMCA § 512(c)(3)(A)(vi)", "dmca", "DMCA, 17 U.S.C. §512(c)(3)(A)(vi)"),
    ("Section 230(c)(1)", "cda-230", "CDA Section 230(c)(1)"),
    ("47 U.S.C. § 230", "cda-230", "CDA Section 230"),
    ("BIPA § 15(b)", "bipa", "BIPA, 740 ILCS 14/15(b)"),
    ("740 ILCS 14/15(b)", "bipa", "BIPA, 740 ILCS 14/15(b)"),
    ("FCRA § 623", "fcra", "FCRA, 15 U.S.C. §1681s-2"),
    ("15 U.S.C. § 1681s-2", "fcra", "FCRA, 15 U.S.C. §1681s-2"),
    ("Reg E, 12 CFR 1005.10(b)", "efta", "Regulation E, 12 C.F.R. §1005.10(b)"),
    ("45 CFR Parts 160 and 164", "hipaa", "HIPAA, 45 C.F.R. Parts 160 and 164"),
    ("RCW 19.373.030", "wa-mhmda", "MHMDA, RCW 19.373.030"),
    ("Va. Code § 59.1-578", "vcdpa", "VCDPA, Va. Code §59.1-578"),
    ("C.R.S. § 6-1-1306", "colorado-privacy-act", "Colorado Privacy Act, C.R.S. §6-1-1306"),
    ("N.Y. Gen. Bus. Law § 349", "ny-gbl-349", "NY GBL §349"),
    ("N.Y. Gen. Bus. Law § 394-c", "ny-dating-services", "New York Dating Services Law, NY GBL §394-c"),
    ("PIPEDA, Schedule 1, Principle 4.3", "pipeda", "PIPEDA Principle 4.3"),
    ("PIPEDA s. 5(3)", "pipeda", "PIPEDA s. 5(3)"),
    ("LGPD Art. 7, IX", "lgpd", "LGPD Art. 7(IX)"),
    ("LGPD Art. 18, § 2", "lgpd", "LGPD Art. 18(2)"),
    ("APP 6", "au-privacy-act", "Privacy Act 1988 APP 6"),
    ("Privacy Act 1988 APPs 12 and 13", "au-privacy-act", "Privacy Act 1988 APPs 12 and 13"),
    ("Australian Consumer Law s 25(1)(k)", "au-consumer-law", "ACL s. 25(1)(k)"),
    ("PIPA Art. 28-8", "pipa", "PIPA Art. 28-8"),
    ("PIPA Art. 15-17", "pipa", "PIPA Arts. 15–17"),
]


@pytest.mark.parametrize(("text", "framework", "citation"), VALID, ids=[row[0] for row in VALID])
def test_a_citation_resolves_to_its_law_and_form(text: str, framework: str, citation: str) -> None:
    resolved = resolve_citation(text, REGISTRY)
    assert (resolved.framework, resolved.citation) == (framework, citation)
    assert (resolved.valid, resolved.problem) == (True, None)


@pytest.mark.parametrize("citation", sorted({row[2] for row in VALID}))
def test_the_form_of_a_citation_resolves_to_itself(citation: str) -> None:
    assert resolve_citation(citation, REGISTRY).citation == citation


INVALID = [
    ("GDPR Art. 214", "gdpr", "GDPR has articles 1–99; Art. 214 does not exist."),
    ("Article 100 GDPR", "gdpr", "GDPR has articles 1–99; Art. 100 does not exist."),
    ("GDPR Art. 0", "gdpr", "Art. 0 does not exist"),
    ("GDPR Art. 6(1)(k)", "gdpr", "GDPR Art. 6(1) has points (a)–(f); Art. 6(1)(k) does not exist."),
    ("GDPR Art. 6(9)", "gdpr", "GDPR Art. 6 has paragraphs 1–4; Art. 6(9) does not exist."),
    ("GDPR Art. 17(3)(f)", "gdpr", "points (a)–(e)"),
    ("GDPR Art. 22(5)", "gdpr", "paragraphs 1–4"),
    ("GDPR Art. 44(1)", "gdpr", "no paragraphs"),
    ("GDPR Art. 83(10)", "gdpr", "paragraphs 1–9"),
    ("GDPR Art. 6(1)(f)(i)(x)", "gdpr", "not divided"),
    ("GDPR Arts. 13–214", "gdpr", "Art. 214 does not exist"),
    ("GDPR Arts. 14-13", "gdpr", "back to"),
    ("GDPR Art. 6 and 214", "gdpr", "Art. 214 does not exist"),
    ("GDPR Recital 200", "gdpr", "recitals 1–173"),
    ("GDPR Section 5", "gdpr", "not by sections"),
    ("DSA Art. 94", "dsa", "articles 1–93"),
    ("DMA Art. 55", "dma", "articles 1–54"),
    ("Data Act Art. 51", "data-act", "articles 1–50"),
    ("AI Act Art. 114", "ai-act", "articles 1–113"),
    ("AI Act Annex XIV", "ai-act", "annexes I–XIII"),
    ("UCTD Art. 12", "uctd", "articles 1–11"),
    ("UCTD Annex 1(z)", "uctd", "points (a)–(q)"),
    ("UCTD Annex 3", "uctd", "Annex 3 does not exist"),
    ("Data Protection Act 2018 s. 300", "dpa-2018", "sections 1–215"),
    ("FTC Act Section 99", "ftc-act", "sections 1–28"),
    ("CCPA §1798.101", "ccpa", "§1798.101 does not exist"),
    ("CCPA §1999.100", "ccpa", "1798.100–1798.199.100"),
    ("CCPA Art. 3", "ccpa", "not by articles"),
    ("ROSCA, 15 U.S.C. §9999", "rosca", "15 U.S.C. §9999"),
    ("BIPA, 740 ILCS 14/200", "bipa", "740 ILCS §14/200"),
]


@pytest.mark.parametrize(("text", "framework", "problem"), INVALID, ids=[row[0] for row in INVALID])
def test_a_number_that_does_not_exist_is_invalid_and_named(text: str, framework: str, problem: str) -> None:
    resolved = resolve_citation(text, REGISTRY)
    assert (resolved.framework, resolved.valid, resolved.citation) == (framework, False, text)
    assert problem in (resolved.problem or "")


UNRESOLVED = [
    ("Article 5", "names no law"),
    ("Swiss FADP Art. 6", "names no law"),
    ("Art. L. 212-1 Code de la consommation", "names no law"),
    ("", "names no law"),
    ("15 U.S.C. § 9999", "No law of the registry has 15 U.S.C. §9999."),
    ("Cal. Civ. Code § 1668", "No law of the registry has Cal. Civ. Code §1668."),
    ("15 U.S.C.", "without a section"),
    ("Online Safety Act", "UK Online Safety Act or the Australian Online Safety Act"),
    ("GDPR Art. 6 and CCPA §1798.100", "cites several laws (GDPR and CCPA)"),
    ("GDPR " * 100, "at most"),
]


@pytest.mark.parametrize(("text", "problem"), UNRESOLVED, ids=[row[0][:40] or "nothing" for row in UNRESOLVED])
def test_a_citation_of_no_single_law_stays_text(text: str, problem: str) -> None:
    resolved = resolve_citation(text, REGISTRY)
    assert (resolved.framework, resolved.valid) == (None, False)
    assert problem in (resolved.problem or "")
    assert resolved.citation == " ".join(text.split())[:MAX_CITATION_CHARS].strip()


@pytest.mark.parametrize(
    ("jurisdiction", "framework"), [("UK", "uk-online-safety-act"), ("AU", "au-online-safety-act"), ("US", None)]
)
def test_the_documents_jurisdiction_decides_an_ambiguous_name(jurisdiction: str, framework: str | None) -> None:
    assert resolve_citation("Online Safety Act", REGISTRY, [jurisdiction]).framework == framework


SEVERAL = [
    ("GDPR Art. 6 and CCPA § 1798.100", ["GDPR Art. 6", "CCPA §1798.100"]),
    ("FTC Act Section 5; CCPA §1798.100", ["FTC Act Section 5", "CCPA §1798.100"]),
    ("GDPR/UK GDPR Art. 13", ["GDPR Art. 13", "UK GDPR Art. 13"]),
    ("GDPR / UK GDPR Art. 6(1)(f)", ["GDPR Art. 6(1)(f)", "UK GDPR Art. 6(1)(f)"]),
    ("Art. 6 GDPR and Art. 3 UCTD", ["GDPR Art. 6", "UCTD Art. 3"]),
    ("15 U.S.C. §§ 45 and 8403", ["FTC Act Section 5", "ROSCA, 15 U.S.C. §8403"]),
]


@pytest.mark.parametrize(("text", "citations"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_a_text_that_cites_several_laws_gives_a_citation_for_each(text: str, citations: list[str]) -> None:
    resolved = resolve_citations(text, REGISTRY)
    assert [resolution.citation for resolution in resolved] == citations
    assert all(resolution.valid for resolution in resolved)


def test_a_section_not_yet_in_force_is_valid_with_a_warning() -> None:
    resolved = resolve_citation("DMCC Act 2024 s. 254", REGISTRY)
    assert resolved.valid
    assert "not in force" in (resolved.problem or "")


# ---- hostile text


@given(st.text(max_size=MAX_CITATION_CHARS * 2))
def test_any_text_resolves_to_a_law_or_a_problem(text: str) -> None:
    resolved = resolve_citations(text, REGISTRY)
    assert resolved
    for resolution in resolved:
        assert resolution.valid is False or resolution.framework in REGISTRY.frameworks
        assert resolution.valid or resolution.problem


_WORDS = (
    "GDPR",
    "UK GDPR",
    "CCPA",
    "15 U.S.C.",
    "FTC Act",
    "Section 230",
    "APP",
    "Sch. 2",
    "of the",
    "et seq.",
    "no",
    "and",
    "to",
)
_UNITS = ("Art.", "Arts.", "§", "§§", "Section", "Annex", "Recital", "point", "lit.", "Abs.", "para. 3")
_NUMBERS = ("6", "45", "1798.100", "13-14", "6.1.f", "(1)", "(f)", "IX", "I", "(", ")", ",", ";", "/", "-")
_FRAGMENTS = st.sampled_from(_WORDS + _UNITS + _NUMBERS)


@given(st.lists(_FRAGMENTS, max_size=40))
def test_the_form_of_any_valid_citation_resolves_to_the_same_law(fragments: list[str]) -> None:
    for resolution in resolve_citations(" ".join(fragments)[:MAX_CITATION_CHARS], REGISTRY):
        if resolution.valid and len(resolution.citation) <= MAX_CITATION_CHARS:
            again = resolve_citations(resolution.citation, REGISTRY)
            assert [other.framework for other in again] == [resolution.framework]
            assert again[0].valid


@given(st.integers(min_value=100, max_value=10**9))
def test_no_number_beyond_the_last_article_is_valid(number: int) -> None:
    for text in (f"GDPR Art. {number}", f"Art. {number} DSGVO", f"GDPR Arts. 6 and {number}", f"GDPR {number}(1)"):
        assert not resolve_citation(text, REGISTRY).valid


def test_a_citation_beyond_the_maximum_length_is_not_read() -> None:
    resolved = resolve_citation("GDPR Art. 6 " * 100_000, REGISTRY)
    assert (resolved.framework, resolved.valid) == (None, False)
    assert len(resolved.citation) <= MAX_CITATION_CHARS


# ---- defaults and the registry's own forms


def _defaults(registry: Registry) -> list[tuple[str, str, str]]:
    return [
        (f"{category} {default.jurisdiction} {default.cite}", default.framework, default.cite)
        for category, defaults in registry.defaults.items()
        for default in defaults
    ]


@pytest.mark.parametrize(
    ("framework", "cite"), [row[1:] for row in _defaults(REGISTRY)], ids=[row[0] for row in _defaults(REGISTRY)]
)
def test_every_default_cites_a_number_that_exists_and_is_in_force(framework: str, cite: str) -> None:
    resolved = resolve_citation(cite, REGISTRY)
    assert (resolved.framework, resolved.citation, resolved.valid, resolved.problem) == (framework, cite, True, None)


def test_every_agency_of_a_default_enforces_its_framework() -> None:
    for defaults in REGISTRY.defaults.values():
        for default in defaults:
            for agency in default.agencies:
                assert default.framework in REGISTRY.agencies[agency.id].enforces


def test_every_default_applies_in_its_jurisdiction() -> None:
    for defaults in REGISTRY.defaults.values():
        for default in defaults:
            jurisdiction = REGISTRY.frameworks[default.framework].jurisdiction
            assert jurisdiction.split("-")[0] == default.jurisdiction.split("-")[0], default.cite


@pytest.mark.parametrize("framework", REGISTRY.frameworks.values(), ids=REGISTRY.frameworks)
def test_every_name_of_a_law_resolves_to_it(framework) -> None:
    for name in (framework.name, framework.short, *framework.aliases, *framework.cited_as):
        if name not in ("APP", "APPs", "Australian Privacy Principle"):  # these ask for a number
            resolved = resolve_citation(name, REGISTRY)
            assert (resolved.framework, resolved.valid) == (framework.id, True), name


# ---- jurisdictions

APPLICABILITY = [
    ("GDPR for a document of the US", "gdpr", ["US"], [], "law in EU"),
    ("GDPR for a document of Germany", "gdpr", ["DE"], [], None),
    ("GDPR for a document that excludes people in the EEA", "gdpr", [], ["EU"], "keeps out"),
    ("GDPR for a document that does not say", "gdpr", [], [], None),
    ("CCPA for a document of the US", "ccpa", ["US"], [], None),
    ("CCPA for a document of New York", "ccpa", ["US-NY"], [], "law in US-CA"),
    ("BIPA for a document that excludes Illinois", "bipa", ["US"], ["US-IL"], "keeps out"),
    ("CCPA for a document that excludes Illinois", "ccpa", ["US"], ["US-IL"], None),
    ("FTC Act for a document that excludes Illinois", "ftc-act", ["US"], ["US-IL"], None),
]


@pytest.mark.parametrize(
    ("law", "jurisdictions", "excluded", "words"),
    [row[1:] for row in APPLICABILITY],
    ids=[row[0] for row in APPLICABILITY],
)
def test_a_law_that_cannot_apply_gets_a_warning(
    law: str, jurisdictions: list[str], excluded: list[str], words: str | None
) -> None:
    warning = applicability(REGISTRY.frameworks[law], jurisdictions, excluded)
    assert words in (warning or "") if words else warning is None


# ---- agencies and drafts

AGENCIES = [
    ("FTC", "ftc"),
    ("the Federal Trade Commission (FTC)", "ftc"),
    ("U.S. Federal Trade Commission", "ftc"),
    ("Information Commissioner’s Office", "ico"),
    ("ICO (UK)", "ico"),
    ("Irish Data Protection Commission", "irish-dpc"),
    ("EU lead DPA / EDPB", "eu-dpa"),
    ("Commission nationale de l'informatique et des libertés", "cnil"),
    ("Texas Attorney General", "state-ag"),
    ("State AG (California)", "state-ag"),
    ("KFTC", "kftc"),
    ("California Attorney General or CPPA", None),
    ("Bundeskartellamt", None),
    ("", None),
    ("FTC " * 1000, None),
]


@pytest.mark.parametrize(("text", "agency_id"), AGENCIES, ids=[row[0][:40] or "nothing" for row in AGENCIES])
def test_a_name_resolves_to_its_agency(text: str, agency_id: str | None) -> None:
    agency = resolve_agency(text, REGISTRY)
    assert (agency.id if agency else None) == agency_id


def _cited(*citations: str) -> list[CitedFramework]:
    return [CitedFramework(citation=citation, why="It is engaged.") for citation in citations]


def test_a_citation_repeated_in_other_words_is_one_framework() -> None:
    cited = _cited("15 U.S.C. §45", "FTC Act Section 5", "GDPR Art. 214", "Vogon Code §7")
    frameworks = resolve_frameworks(cited, REGISTRY)
    assert [(framework.id, framework.citation, framework.valid) for framework in frameworks] == [
        ("ftc-act", "FTC Act Section 5", True),
        ("gdpr", "GDPR Art. 214", False),
        (None, "Vogon Code §7", False),
    ]
    assert all(framework.why == "It is engaged." for framework in frameworks)


def test_a_law_of_another_jurisdiction_is_valid_with_a_warning() -> None:
    (framework,) = resolve_frameworks(_cited("GDPR Art. 6"), REGISTRY, ["US"])
    assert framework.valid
    assert framework.problem == "GDPR is law in EU; the document applies in US."


def test_agencies_need_a_cited_law_that_they_enforce() -> None:
    frameworks = resolve_frameworks(_cited("FTC Act Section 5", "GDPR Art. 214"), REGISTRY)
    named = [NamedAgency(name=name, reason="Because.") for name in ("FTC", "CNIL", "Ministry of Magic")]
    agencies, unsupported = resolve_agencies(named, frameworks, REGISTRY)
    assert [(agency.id, agency.name) for agency in agencies] == [
        ("ftc", "FTC"),
        ("cnil", "CNIL"),
        (None, "Ministry of Magic"),
    ]
    assert agencies[0].complaint_url == "https://reportfraud.ftc.gov"
    assert unsupported == ("cnil",)  # an invalid citation supports no agency


def test_a_text_that_names_two_agencies_gives_both() -> None:
    frameworks = resolve_frameworks(_cited("CCPA §1798.120"), REGISTRY)
    named = [NamedAgency(name="California Attorney General or CPPA", reason="Because.")]
    agencies, unsupported = resolve_agencies(named, frameworks, REGISTRY)
    assert ([agency.id for agency in agencies], unsupported) == (["california-ag", "cppa"], ())
