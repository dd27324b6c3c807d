"""Citations as models and lawyers write them, agencies by their names, and what a document's places rule out."""

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
from classifiers.stated_jurisdictions import stated_reach
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
    found = resolve_citation(text, REGISTRY)
    assert (found.framework, found.citation, found.valid, found.problem) == (framework, citation, True, None)


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
def test_a_number_that_does_not_exist_is_named(text: str, framework: str, problem: str) -> None:
    found = resolve_citation(text, REGISTRY)
    assert (found.framework, found.valid, found.citation) == (framework, False, text)
    assert problem in (found.problem or "")


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
def test_what_names_no_single_law_stays_text(text: str, problem: str) -> None:
    found = resolve_citation(text, REGISTRY)
    assert (found.framework, found.valid) == (None, False)
    assert problem in (found.problem or "")
    assert found.citation == " ".join(text.split())[:MAX_CITATION_CHARS].strip()


@pytest.mark.parametrize(
    ("place", "wanted"), [("UK", "uk-online-safety-act"), ("AU", "au-online-safety-act"), ("US", None)]
)
def test_an_ambiguous_name_is_settled_by_the_place(place: str, wanted: str | None) -> None:
    assert resolve_citation("Online Safety Act", REGISTRY, [place]).framework == wanted


SEVERAL = [
    ("GDPR Art. 6 and CCPA § 1798.100", ["GDPR Art. 6", "CCPA §1798.100"]),
    ("FTC Act Section 5; CCPA §1798.100", ["FTC Act Section 5", "CCPA §1798.100"]),
    ("GDPR/UK GDPR Art. 13", ["GDPR Art. 13", "UK GDPR Art. 13"]),
    ("GDPR / UK GDPR Art. 6(1)(f)", ["GDPR Art. 6(1)(f)", "UK GDPR Art. 6(1)(f)"]),
    ("Art. 6 GDPR and Art. 3 UCTD", ["GDPR Art. 6", "UCTD Art. 3"]),
    ("15 U.S.C. §§ 45 and 8403", ["FTC Act Section 5", "ROSCA, 15 U.S.C. §8403"]),
]


@pytest.mark.parametrize(("text", "wanted"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_a_text_that_cites_several_laws_is_parted(text: str, wanted: list[str]) -> None:
    found = resolve_citations(text, REGISTRY)
    assert [one.citation for one in found] == wanted
    assert all(one.valid for one in found)


def test_a_provision_not_yet_commenced_is_valid_with_a_warning() -> None:
    found = resolve_citation("DMCC Act 2024 s. 254", REGISTRY)
    assert found.valid
    assert "not in force" in (found.problem or "")


# ---- hostile text


@given(st.text(max_size=MAX_CITATION_CHARS * 2))
def test_any_text_resolves_to_something(text: str) -> None:
    found = resolve_citations(text, REGISTRY)
    assert found
    for one in found:
        assert one.valid is False or one.framework in REGISTRY.frameworks
        assert one.valid or one.problem


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
_PIECES = st.sampled_from(_WORDS + _UNITS + _NUMBERS)


@given(st.lists(_PIECES, max_size=40))
def test_any_heap_of_legal_words_resolves_and_its_form_is_stable(pieces: list[str]) -> None:
    for one in resolve_citations(" ".join(pieces)[:MAX_CITATION_CHARS], REGISTRY):
        if one.valid and len(one.citation) <= MAX_CITATION_CHARS:
            again = resolve_citations(one.citation, REGISTRY)
            assert [other.framework for other in again] == [one.framework]
            assert again[0].valid


@given(st.integers(min_value=100, max_value=10**9))
def test_no_number_beyond_the_last_article_passes(number: int) -> None:
    for text in (f"GDPR Art. {number}", f"Art. {number} DSGVO", f"GDPR Arts. 6 and {number}", f"GDPR {number}(1)"):
        assert not resolve_citation(text, REGISTRY).valid


def test_text_beyond_the_bound_is_not_read() -> None:
    found = resolve_citation("GDPR Art. 6 " * 100_000, REGISTRY)
    assert (found.framework, found.valid) == (None, False)
    assert len(found.citation) <= MAX_CITATION_CHARS


# ---- defaults and the registry's own forms


def _defaults(registry: Registry) -> list[tuple[str, str, str]]:
    return [
        (f"{category} {one.jurisdiction} {one.cite}", one.framework, one.cite)
        for category, entries in registry.defaults.items()
        for one in entries
    ]


@pytest.mark.parametrize(
    ("framework", "cite"), [row[1:] for row in _defaults(REGISTRY)], ids=[row[0] for row in _defaults(REGISTRY)]
)
def test_every_default_cites_what_exists_and_is_in_force(framework: str, cite: str) -> None:
    found = resolve_citation(cite, REGISTRY)
    assert (found.framework, found.citation, found.valid, found.problem) == (framework, cite, True, None)


def test_every_agency_of_a_default_enforces_its_framework() -> None:
    for entries in REGISTRY.defaults.values():
        for one in entries:
            for named in one.agencies:
                assert one.framework in REGISTRY.agencies[named.id].enforces


def test_every_default_can_apply_in_its_own_place() -> None:
    for entries in REGISTRY.defaults.values():
        for one in entries:
            law = REGISTRY.frameworks[one.framework].jurisdiction
            assert law.split("-")[0] == one.jurisdiction.split("-")[0], one.cite


@pytest.mark.parametrize("framework", REGISTRY.frameworks.values(), ids=REGISTRY.frameworks)
def test_every_name_of_a_law_resolves_to_it(framework) -> None:
    for name in (framework.name, framework.short, *framework.aliases, *framework.cited_as):
        if name not in ("APP", "APPs", "Australian Privacy Principle"):  # these ask for a number
            found = resolve_citation(name, REGISTRY)
            assert (found.framework, found.valid) == (framework.id, True), name


# ---- places

APPLICABILITY = [
    ("GDPR for a document of the US", "gdpr", ["US"], [], "law in EU"),
    ("GDPR for a document of Germany", "gdpr", ["DE"], [], None),
    ("GDPR for a document that keeps out people in the EEA", "gdpr", [], ["EU"], "keeps out"),
    ("GDPR for a document that does not say", "gdpr", [], [], None),
    ("CCPA for a document of the US", "ccpa", ["US"], [], None),
    ("CCPA for a document of New York", "ccpa", ["US-NY"], [], "law in US-CA"),
    ("BIPA for a document that keeps out Illinois", "bipa", ["US"], ["US-IL"], "keeps out"),
    ("CCPA for a document that keeps out Illinois", "ccpa", ["US"], ["US-IL"], None),
    ("FTC Act for a document that keeps out Illinois", "ftc-act", ["US"], ["US-IL"], None),
]


@pytest.mark.parametrize(
    ("law", "places", "excluded", "wanted"), [row[1:] for row in APPLICABILITY], ids=[row[0] for row in APPLICABILITY]
)
def test_a_law_that_cannot_apply_gets_a_warning(
    law: str, places: list[str], excluded: list[str], wanted: str | None
) -> None:
    warning = applicability(REGISTRY.frameworks[law], places, excluded)
    assert wanted in (warning or "") if wanted else warning is None


REACH = [
    ("The Service is not available to residents of the European Economic Area.", (), ("EU",)),
    ("The Site is intended only for users located in the United States.", ("US",), ()),
    ("If you live in the EEA or the United Kingdom, you may not use the App.", (), ("EU", "UK")),
    ("Our Services are not directed to persons in the EU, the UK or Brazil.", (), ("EU", "UK", "BR")),
    ("We do not offer the Service to people in Canada.", (), ("CA",)),
    ("The website is offered exclusively in Japan.", ("JP",), ()),
    ("This section is not available to EU users of the Service.", (), ()),
    ("The arbitration clause of the Service is not intended for residents of Quebec.", (), ()),
    ("You may not use the Service except as allowed by US, EU and UK sanctions.", (), ()),
    ("For residents of states other than California, if the provider is not available, the service continues.", (), ()),
    ("The Service is offered to people in the European Union.", (), ()),
]


@pytest.mark.parametrize(("text", "only", "excluded"), REACH, ids=[row[0] for row in REACH])
def test_only_plain_statements_confine_a_service(text: str, only: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    found = stated_reach(f"Welcome to Quillmoor.\n{text}\nPlease read on.")
    assert (found.confined_to, found.excluded) == (only, excluded)


# ---- agencies and drafts

NAMED = [
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


@pytest.mark.parametrize(("text", "wanted"), NAMED, ids=[row[0][:40] or "nothing" for row in NAMED])
def test_an_agency_is_read_out_of_its_name(text: str, wanted: str | None) -> None:
    found = resolve_agency(text, REGISTRY)
    assert (found.id if found else None) == wanted


def _cited(*citations: str) -> list[CitedFramework]:
    return [CitedFramework(citation=one, why="It is engaged.") for one in citations]


def test_a_draft_gets_one_framework_for_each_law_once() -> None:
    found = resolve_frameworks(_cited("15 U.S.C. §45", "FTC Act Section 5", "GDPR Art. 214", "Vogon Code §7"), REGISTRY)
    assert [(one.id, one.citation, one.valid) for one in found] == [
        ("ftc-act", "FTC Act Section 5", True),
        ("gdpr", "GDPR Art. 214", False),
        (None, "Vogon Code §7", False),
    ]
    assert all(one.why == "It is engaged." for one in found)


def test_a_law_from_elsewhere_stays_valid_but_is_warned_of() -> None:
    (found,) = resolve_frameworks(_cited("GDPR Art. 6"), REGISTRY, ["US"])
    assert found.valid
    assert found.problem == "GDPR is law in EU; the document applies in US."


def test_agencies_need_a_cited_law_that_they_enforce() -> None:
    frameworks = resolve_frameworks(_cited("FTC Act Section 5", "GDPR Art. 214"), REGISTRY)
    named = [NamedAgency(name=name, reason="Because.") for name in ("FTC", "CNIL", "Ministry of Magic")]
    agencies, unsupported = resolve_agencies(named, frameworks, REGISTRY)
    assert [(one.id, one.name) for one in agencies] == [("ftc", "FTC"), ("cnil", "CNIL"), (None, "Ministry of Magic")]
    assert agencies[0].complaint_url == "https://reportfraud.ftc.gov"
    assert unsupported == ("cnil",)  # an invalid citation supports nobody


def test_an_answer_that_names_two_agencies_gives_both() -> None:
    frameworks = resolve_frameworks(_cited("CCPA §1798.120"), REGISTRY)
    named = [NamedAgency(name="California Attorney General or CPPA", reason="Because.")]
    agencies, unsupported = resolve_agencies(named, frameworks, REGISTRY)
    assert ([one.id for one in agencies], unsupported) == (["california-ag", "cppa"], ())
