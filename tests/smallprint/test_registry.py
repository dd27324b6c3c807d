"""The registry: what it holds, how it is found, and how an edit that does not hold is refused."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from smallprint import registry as registry_module
from smallprint.errors import RegistryError
from smallprint.registry import Registry, load, reaches
from smallprint.registry.grammar import GrammarError, compile_form, label, parse_outline

SHIPPED = Path(registry_module.__file__).parent


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"the test edits what {file} does not say: {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


LAWS = {
    "GDPR": "gdpr",
    "DSGVO": "gdpr",
    "Regulation (EU) 2016/679": "gdpr",
    "UK GDPR": "uk-gdpr",
    "Data Protection Act 2018": "dpa-2018",
    "ePrivacy Directive": "eprivacy",
    "Directive 2002/58/EC": "eprivacy",
    "Digital Services Act": "dsa",
    "DMA": "dma",
    "Data Act": "data-act",
    "EU AI Act": "ai-act",
    "Directive 93/13/EEC": "uctd",
    "Consumer Rights Directive": "crd",
    "Directive (EU) 2019/770": "dcd",
    "Directive 2005/29/EC": "ucpd",
    "P2B": "p2b",
    "Rome I": "rome-i",
    "Brussels Ia": "brussels-i-bis",
    "Consumer Rights Act 2015": "cra-2015",
    "Consumer Contracts Regulations 2013": "uk-ccr-2013",
    "Directive 2013/11/EU": "adr-directive",
    "Regulation (EU) 2017/1128": "content-portability",
    "PSD2": "psd2",
    "DMCC Act 2024": "dmcca-2024",
    "Online Safety Act 2023": "uk-online-safety-act",
    "FTC Act Section 5": "ftc-act",
    "FTC Act §5": "ftc-act",
    "15 U.S.C. § 45": "ftc-act",
    "CCPA": "ccpa",
    "CPRA": "ccpa",
    "VCDPA": "vcdpa",
    "CPA": "colorado-privacy-act",
    "CTDPA": "ctdpa",
    "TDPSA": "tdpsa",
    "My Health My Data Act": "wa-mhmda",
    "Children’s Online Privacy Protection Act": "coppa",
    "CAN-SPAM": "can-spam",
    "TCPA": "tcpa",
    "Restore Online Shoppers' Confidence Act": "rosca",
    "Negative Option Rule": "ftc-negative-option-rule",
    "Magnuson-Moss": "magnuson-moss",
    "FAA": "faa",
    "E-SIGN": "esign",
    "DMCA": "dmca",
    "Section 230": "cda-230",
    "VPPA": "vppa",
    "BIPA": "bipa",
    "FCRA": "fcra",
    "Gramm-Leach-Bliley Act": "glba",
    "ECOA": "ecoa",
    "Reg E": "efta",
    "UDAAP": "dodd-frank-udaap",
    "HIPAA": "hipaa",
    "FERPA": "ferpa",
    "Stored Communications Act": "ecpa",
    "Consumer Review Fairness Act": "crfa",
    "California dating service contracts law": "ca-dating-services",
    "New York Dating Services Law": "ny-dating-services",
    "California ARL": "ca-arl",
    "UCL": "ca-ucl",
    "CLRA": "ca-clra",
    "NY GBL §349": "ny-gbl-349",
    "Online Safety Act 2021": "au-online-safety-act",
    "Korea E-Commerce Act": "kr-e-commerce-act",
    "PIPEDA": "pipeda",
    "Loi 25": "quebec-law-25",
    "LGPD": "lgpd",
    "Australian Consumer Law": "au-consumer-law",
    "Privacy Act 1988": "au-privacy-act",
    "APPI": "appi",
    "PIPA": "pipa",
    "DPDP Act 2023": "dpdp-act",
}


@pytest.mark.parametrize(("name", "wanted"), LAWS.items(), ids=LAWS)
def test_every_law_is_found_by_the_names_people_use(registry: Registry, name: str, wanted: str) -> None:
    found = registry.framework(name)
    assert found is not None
    assert found.id == wanted


def test_the_table_above_names_every_law_of_the_registry(registry: Registry) -> None:
    assert set(LAWS.values()) == set(registry.frameworks)


AGENCIES = {
    "FTC": "ftc",
    "CFPB": "cfpb",
    "FCC": "fcc",
    "SEC": "sec",
    "HHS OCR": "hhs-ocr",
    "US Department of Education": "ed",
    "State AG": "state-ag",
    "California Attorney General": "california-ag",
    "CPPA": "cppa",
    "EU lead DPA": "eu-dpa",
    "EDPB": "eu-dpa",
    "Irish DPC": "irish-dpc",
    "CNIL": "cnil",
    "National consumer authorities": "cpc-network",
    "European Commission": "european-commission",
    "ICO": "ico",
    "CMA": "cma",
    "Ofcom": "ofcom",
    "Trading Standards": "trading-standards",
    "OPC Canada": "opc",
    "CAI Québec": "cai",
    "ANPD": "anpd",
    "ACCC": "accc",
    "OAIC": "oaic",
    "eSafety Commissioner": "esafety",
    "KFTC": "kftc",
    "CNPD Luxembourg": "cnpd-lu",
    "PPC Japan": "ppc",
    "PIPC Korea": "pipc",
}


@pytest.mark.parametrize(("name", "wanted"), AGENCIES.items(), ids=AGENCIES)
def test_every_agency_is_found_by_the_names_people_use(registry: Registry, name: str, wanted: str) -> None:
    found = registry.agency(name)
    assert found is not None
    assert found.id == wanted


def test_the_table_above_names_every_agency_of_the_registry(registry: Registry) -> None:
    assert set(AGENCIES.values()) == set(registry.agencies)


@pytest.mark.parametrize("name", ["", "Bundesdatenschutzgesetz", "Online Safety Act", "Article 5", "the"])
def test_what_is_no_name_of_one_law_finds_none(registry: Registry, name: str) -> None:
    assert registry.framework(name) is None


def test_categories_carry_a_title_and_their_borderline(registry: Registry) -> None:
    category = registry.category("class_action_waiver")
    assert category is not None
    assert (category.name, category.group) == ("Class action or jury waiver", "disputes")
    assert category.is_.startswith("The user gives up class")
    assert category.not_.startswith("The duty to arbitrate itself")
    assert all(one.name and one.is_ for one in registry.categories.values())
    assert registry.category("space_travel") is None


# ---- what is in force

IN_FORCE = [
    ("gdpr", date(2018, 5, 24), False),
    ("gdpr", date(2018, 5, 25), True),
    ("data-act", date(2025, 9, 11), False),
    ("data-act", date(2025, 9, 12), True),
    ("dpdp-act", date(2026, 12, 31), False),
    ("dpdp-act", date(2027, 5, 13), True),
    ("ftc-negative-option-rule", date(2025, 8, 1), True),
    ("ny-dating-services", date(2020, 1, 1), True),
]


@pytest.mark.parametrize(
    ("law", "day", "wanted"),
    IN_FORCE,
    ids=[f"{law} {'is' if yes else 'is not'} in force on {day}" for law, day, yes in IN_FORCE],
)
def test_a_law_applies_from_its_day(registry: Registry, law: str, day: date, wanted: bool) -> None:
    assert registry.frameworks[law].in_force(day) is wanted


def test_the_negative_option_rule_says_which_text_of_it_is_in_force(registry: Registry) -> None:
    status = registry.frameworks["ftc-negative-option-rule"].status
    assert "vacated by the Eighth Circuit on 8 July 2025" in status
    assert "1973" in status


def test_numbers_that_are_enacted_but_not_commenced_say_so(registry: Registry) -> None:
    pattern = registry.frameworks["dmcca-2024"].citations[0]
    subscriptions, practices = label("254"), label("225")
    assert subscriptions is not None
    assert practices is not None
    assert "not in force" in (pattern.not_in_force(subscriptions) or "")
    assert pattern.not_in_force(practices) is None


# ---- invariants of the whole


def test_every_law_is_enforced_by_an_agency_or_says_who_else_does(registry: Registry) -> None:
    for framework in registry.frameworks.values():
        enforcers = registry.enforcers(framework.id)
        assert bool(enforcers) == (framework.enforced_by == "agencies"), framework.id
        assert enforcers or framework.enforcement.endswith("."), framework.id


def test_every_address_is_encrypted_and_official_looking(registry: Registry) -> None:
    urls = [one.url for one in registry.frameworks.values()]
    urls += [url for one in registry.agencies.values() for url in (one.url, one.complaint_url)]
    assert all(url.startswith("https://") and " " not in url for url in urls)
    assert not any(site in url for url in urls for site in ("wikipedia", "cornell", "gdpr-info", "gdpr.eu"))


def test_every_category_has_its_defaults_even_if_none_apply(registry: Registry) -> None:
    assert set(registry.defaults) == set(registry.categories)


def test_sentences_shown_to_readers_are_short_whole_and_no_boilerplate(registry: Registry) -> None:
    shown = [
        sentence
        for entries in registry.defaults.values()
        for one in entries
        for sentence in (one.why, *(named.reason for named in one.agencies))
    ]
    for sentence in shown:
        assert len(sentence) <= 220, sentence
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0] == '"', sentence
        assert "this clause" not in sentence.lower()
        assert "establishes" not in sentence


def test_no_reason_of_an_agency_serves_two_categories_of_one_law_by_accident(registry: Registry) -> None:
    # Children's data is the same harm wherever it turns up; all else must speak of its own category.
    for place in ("US", "EU"):
        said: dict[str, str] = {}
        for category, entries in registry.defaults.items():
            for one in entries:
                for named in one.agencies:
                    if one.jurisdiction == place and one.framework != "coppa" and "child's" not in named.reason:
                        assert said.setdefault(named.reason, category) == category, named.reason


def test_the_registry_is_immutable_and_serves_as_a_key(registry: Registry) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        registry.frameworks["gdpr"].short = "X"  # type: ignore[misc]
    assert {registry: 1}[load()] == 1
    assert load() is load()


def test_the_hash_follows_the_content(registry: Registry, edited: Path) -> None:
    assert load(edited).sha256 == registry.sha256
    change(edited, "agencies.yml", "Unwanted calls", "Unwelcome calls")
    assert load(edited).sha256 != registry.sha256


# ---- defaults

DEFAULTS = [
    ("arbitration in the US", "arbitration", ["US"], "binding arbitration", "", ["faa", "ftc-act"]),
    ("arbitration in Germany", "arbitration", ["DE"], "Schiedsgericht", "", ["uctd", "adr-directive"]),
    ("renewal in California", "auto_renewal", ["US-CA"], "renews each month", "", ["rosca", "ca-arl"]),
    (
        "renewal of a dating service",
        "auto_renewal",
        ["US"],
        "renews each month",
        "Our dating app renews each month",
        ["rosca", "ca-arl", "ca-dating-services", "ny-dating-services"],
    ),
    ("faceprints", "sensitive_data", ["US-IL"], "we store your faceprint", "", ["bipa", "ftc-act"]),
    ("health data in Washington", "sensitive_data", ["US-WA"], "health conditions", "", ["wa-mhmda", "ftc-act"]),
    ("takedown notices", "copyright_claims", ["US"], "send a notice to our agent", "", ["dmca"]),
    ("a right without a statute", "feedback_ownership", ["US", "EU"], "ideas are ours", "", []),
    ("a place that has none", "arbitration", ["BR"], "arbitragem", "", []),
    ("a place not said", "arbitration", [], "binding arbitration", "", []),
]


@pytest.mark.parametrize(
    ("category", "places", "clause", "document", "wanted"),
    [row[1:] for row in DEFAULTS],
    ids=[row[0] for row in DEFAULTS],
)
def test_defaults_depend_on_place_and_words(
    category: str, places: list[str], clause: str, document: str, wanted: list[str]
) -> None:
    assert [one.framework for one in load().defaults_for(category, places, clause, document)] == wanted


def test_a_condition_that_must_not_hold_keeps_a_default_out(registry: Registry) -> None:
    plain = registry.defaults_for("governing_law", ["EU"], "The law of Northmarch applies.")
    saved = registry.defaults_for("governing_law", ["EU"], "The law of Northmarch applies; mandatory law stays.")
    assert [one.framework for one in plain] == ["rome-i", "uctd"]
    assert [one.framework for one in saved] == ["rome-i"]


REACHES = [
    ("US", "US", True),
    ("US", "US-CA", True),
    ("US-CA", "US", True),
    ("US-CA", "US-NY", False),
    ("EU", "FR", True),
    ("EU", "EEA", True),
    ("EU", "UK", False),
    ("UK", "GB", True),
    ("CA", "US-CA", False),
    ("CA-QC", "CA", True),
    ("EU", "US", False),
]


@pytest.mark.parametrize(
    ("law", "place", "wanted"),
    REACHES,
    ids=[f"{law} law {'reaches' if yes else 'does not reach'} {place}" for law, place, yes in REACHES],
)
def test_reach(law: str, place: str, wanted: bool) -> None:
    assert reaches(law, [place]) is wanted


# ---- edits that do not hold

REFUSED = [
    ("an agency enforces no such law", "agencies.yml", "enforces: [tcpa]", "enforces: [tcpb]", "fcc", "tcpb"),
    ("an agency enforces nothing", "agencies.yml", "enforces: [tcpa]", "enforces: []", "fcc.enforces", "at least 1"),
    ("an agency enforces one law twice", "agencies.yml", "enforces: [tcpa]", "enforces: [tcpa, tcpa]", "fcc", "twice"),
    (
        "an address is not encrypted",
        "agencies.yml",
        "url: https://www.fcc.gov",
        "url: http://www.fcc.gov",
        "fcc.url",
        "match",
    ),
    ("an id stands twice", "agencies.yml", "- id: fcc", "- id: ftc", "agencies", "stands twice"),
    ("an id is not kebab-case", "frameworks.yml", "- id: rosca", "- id: Rosca_Act", "Rosca_Act.id", "match"),
    ("two laws share a name", "frameworks.yml", "aliases: [EU DSA,", "aliases: [EU DMA,", "dma", "also a name of dsa"),
    (
        "a law belongs to no category",
        "frameworks.yml",
        "categories: [copyright_claims,",
        "categories: [copyrigth,",
        "dmca",
        "copyrigth",
    ),
    (
        "a law lost its enforcer",
        "agencies.yml",
        "tdpsa, wa-mhmda",
        "wa-mhmda",
        "tdpsa.enforced_by",
        "no agency enforces",
    ),
    (
        "a private law is listed by an agency",
        "agencies.yml",
        "[tcpa]",
        "[tcpa, faa]",
        "faa.enforced_by",
        "an agency lists it",
    ),
    (
        "a private law gives no reason",
        "frameworks.yml",
        "    enforcement: Courts apply it in",
        "    status: Courts apply it in",
        "rome-i",
        "says nothing",
    ),
    (
        "a range runs backwards",
        "frameworks.yml",
        "- cite: GDPR Art. {1 to 99}",
        "- cite: GDPR Art. {99 to 1}",
        "gdpr.citations.0",
        "backwards",
    ),
    (
        "a range is no range",
        "frameworks.yml",
        "DMA Art. {1 to 54}",
        "DMA Art. {1 to x}",
        "dma.citations.0",
        "'x' is not a number",
    ),
    (
        "a form has no unit",
        "frameworks.yml",
        "DMA Art. {1 to 54}",
        "DMA {1 to 54}",
        "dma.citations.0",
        "names neither a unit",
    ),
    (
        "a form bears another law's name",
        "frameworks.yml",
        "DMA Art. {1 to 54}",
        "DSA Art. {1 to 54}",
        "dma.citations.0",
        "none of the framework",
    ),
    (
        "an outline is garbled",
        "frameworks.yml",
        "'5': 1(a-f), 2\n",
        "'5': 1(a..f), 2\n",
        "gdpr.citations.0",
        "not of the form",
    ),
    (
        "an outline is of no article",
        "frameworks.yml",
        "          '83': 1,",
        "          '183': 1,",
        "gdpr.citations.0",
        "outside the range",
    ),
    (
        "an equal is of no section",
        "frameworks.yml",
        "'57b': '19'",
        "'57b': '190'",
        "ftc-act.citations.1",
        "outside the range",
    ),
    (
        "a day is no day",
        "frameworks.yml",
        "effective_from: 2018-05-25",
        "effective_from: in 2018",
        "gdpr.effective_from",
        "date",
    ),
    (
        "an end lies before the beginning",
        "frameworks.yml",
        "effective_from: 2018-05-25",
        "effective_from: 2018-05-25\n    effective_to: 2017-01-01",
        "gdpr.effective_to",
        "before",
    ),
    (
        "a field is misspelled",
        "frameworks.yml",
        "    governs: Autodialed",
        "    govern: Autodialed",
        "tcpa.govern",
        "ield",
    ),
    (
        "a key stands twice",
        "frameworks.yml",
        "    short: GDPR\n",
        "    short: GDPR\n    short: RGPD\n",
        "short",
        "stands twice",
    ),
    (
        "an ambiguous name leads nowhere",
        "frameworks.yml",
        "OSA: [uk-online-safety-act,",
        "OSA: [uk-osa,",
        "OSA",
        "uk-osa",
    ),
    (
        "a review day is missing",
        "frameworks.yml",
        "reviewed: 2026-07-31",
        "review: 2026-07-31",
        "reviewed",
        "must be a day",
    ),
    ("a default is of no category", "defaults.yml", "\nvenue:\n", "\nvenues:\n", "venues", "no category"),
    ("a default cites no law", "defaults.yml", "framework: rome-i", "framework: rome-ii", "governing_law", "rome-ii"),
    ("a default names no agency", "defaults.yml", "- id: oaic", "- id: oiac", "data_collection", "oiac"),
    (
        "a default names an agency without power",
        "defaults.yml",
        "- id: fcc",
        "- id: cfpb",
        "communications_consent",
        "does not enforce tcpa",
    ),
    (
        "a default has no reason",
        "defaults.yml",
        "      why: Suits over distance sales",
        "      whi: Suits over distance sales",
        "venue.KR.0",
        "ield",
    ),
    (
        "a sentence is too long",
        "defaults.yml",
        "why: Suits over",
        f"why: {'Suits ' * 40} over",
        "venue.KR.0.why",
        "220",
    ),
    (
        "a place is not a list",
        "defaults.yml",
        "feedback_ownership: {}",
        "feedback_ownership: {US: none}",
        "feedback_ownership.US",
        "must be a list",
    ),
    (
        "a category lost its definition",
        "taxonomy.yml",
        "      is: 'Which courts have",
        "      was: 'Which courts have",
        "venue",
        "ield",
    ),
    ("a category stands twice", "taxonomy.yml", "- id: venue", "- id: arbitration", "groups.disputes", "stands twice"),
]


@pytest.mark.parametrize(
    ("edit", "key", "problem"), [(row[1:4], *row[4:]) for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_an_edit_that_does_not_hold_is_refused(
    edited: Path, edit: tuple[str, str, str], key: str, problem: str
) -> None:
    change(edited, *edit)
    with pytest.raises(RegistryError) as caught:
        load(edited)
    # A broken reference may show in either of the two files; the key tells which entry to mend.
    assert caught.value.file.endswith(".yml")
    assert key in caught.value.key
    assert problem in caught.value.problem
    assert caught.value.problem.startswith("line ")


def test_an_error_names_the_very_line(edited: Path) -> None:
    change(edited, "frameworks.yml", "- cite: GDPR Art. {1 to 99}", "- cite: GDPR Art. {99 to 1}")
    lines = (edited / "frameworks.yml").read_text(encoding="utf-8").splitlines()
    wanted = next(number for number, line in enumerate(lines, start=1) if "{99 to 1}" in line)
    with pytest.raises(RegistryError, match=rf"^registry: frameworks\.yml: gdpr\.citations\.0: line {wanted}: "):
        load(edited)


BROKEN = [
    ("not YAML", "groups: [", "line "),
    ("not a mapping", "- one\n- two\n", "must be a mapping"),
    ("empty", "", "must be a mapping"),
    ("a reference bomb", "a: &a [x]\nb: *a\n", "references"),
]


@pytest.mark.parametrize(("text", "problem"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused_by_name(edited: Path, text: str, problem: str) -> None:
    (edited / "taxonomy.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError, match=problem) as caught:
        load(edited)
    assert caught.value.file == "taxonomy.yml"


def test_a_missing_file_and_a_wrong_encoding_are_refused_by_name(edited: Path) -> None:
    (edited / "agencies.yml").write_bytes(b"agencies: \xff\xfe")
    with pytest.raises(RegistryError, match=r"agencies\.yml.*UTF-8"):
        load(edited)
    (edited / "agencies.yml").unlink()
    with pytest.raises(RegistryError, match=r"agencies\.yml.*cannot be read"):
        load(edited)


def test_scalars_are_text_whatever_they_look_like(edited: Path) -> None:
    change(edited, "frameworks.yml", "aliases: [EU DMA,", "aliases: [NO, 4.10, EU DMA,")
    assert load(edited).frameworks["dma"].aliases[:2] == ("NO", "4.10")


# ---- the mini-format

FORMS = [
    ("GDPR Art. {1 to 99}(1)(a)", "99", True),
    ("GDPR Art. {1 to 99}(1)(a)", "100", False),
    ("GDPR Art. {1 to 99}(1)(a)", "6a", False),
    ("DPA 2018 s. {1 to 215 with letters}", "36A", True),
    ("X §{1798.100 to 1798.199.100}", "1798.140", True),
    ("X §{1798.100 to 1798.199.100}", "1798.99", False),
    ("X §{59.1-575 to 59.1-585}", "59.1-580", True),
    ("X §{59.1-575 to 59.1-585}", "59.1", False),
    ("X §{1681 to 1681x}", "1681s", True),
    ("X §{1681 to 1681x}", "1681s-2", False),
    ("X §{1681s-1 to 1681s-3}", "1681s-2", True),
    ("X Art. {1 to 8, 8a, 9}", "8a", True),
    ("X Art. {1 to 8, 8a, 9}", "8b", False),
    ("X Annex {I to XIII}", "XIII", True),
    ("X Annex {I to XIII}", "XIV", False),
]


@pytest.mark.parametrize(
    ("form", "number", "wanted"),
    FORMS,
    ids=[f"{form} {'has' if yes else 'has no'} {number}" for form, number, yes in FORMS],
)
def test_a_form_admits_the_numbers_in_its_range(form: str, number: str, wanted: bool) -> None:
    grammar = compile_form(form)
    found = grammar.number(number)
    assert (found is not None and grammar.has(found)) is wanted


@pytest.mark.parametrize(
    "form",
    [
        "",
        "GDPR",
        "GDPR Art. 6",
        "GDPR Art. {}",
        "GDPR Art. {1 to 2 to 3}",
        "GDPR Art. {5, 4}",
        "GDPR Art. {1}(x)",
        "Art. {1}",
    ],
)
def test_a_form_that_cannot_be_read_is_refused(form: str) -> None:
    with pytest.raises(GrammarError):
        compile_form(form)


OUTLINES = [
    ("1(a-f), 2-4", ("1", "f"), None),
    ("1(a-f), 2-4", ("1", "g"), "points (a)–(f)"),
    ("1(a-f), 2-4", ("5",), "paragraphs 1–4"),
    ("1(a-f), 2-4", ("2", "a"), "no points"),
    ("1(a-f+ea), 2", ("1", "ea"), None),
    ("(a-d)", ("d",), None),
    ("(a-d)", ("1",), "no paragraphs"),
    ("none", ("1",), "no paragraphs"),
    ("1", ("2",), "only paragraph 1"),
    ("1(a-f)", (), None),
]


@pytest.mark.parametrize(
    ("outline", "below", "lacks"),
    OUTLINES,
    ids=[f"({')('.join(below)}) in {outline!r}" for outline, below, _ in OUTLINES],
)
def test_an_outline_knows_what_an_article_lacks(outline: str, below: tuple[str, ...], lacks: str | None) -> None:
    assert parse_outline(outline).lacks(below) == lacks
