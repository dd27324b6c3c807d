"""The gate as JUnit XML: failures are checks not met, errors are documents that could not be measured."""

from xml.etree.ElementTree import Element, SubElement, tostring

from evals.gate import Check, GateResult
from evals.results import Run

_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # what XML 1.0 cannot hold


def junit(run: Run, gate: GateResult) -> str:
    """The XML document; one test suite for each kind of check, one for the documents."""
    root = Element("testsuites", name=f"smallprint eval {run.suite}")
    for kind in dict.fromkeys(check.kind for check in gate.checks):
        some = [check for check in gate.checks if check.kind == kind]
        failed = sum(not check.passed for check in some)
        suite = SubElement(root, "testsuite", name=kind, tests=str(len(some)), failures=str(failed), errors="0")
        for check in some:
            _check(suite, check)
    broken = [one for one in run.cases if one.error]
    suite = SubElement(
        root, "testsuite", name="documents", tests=str(len(run.cases)), failures="0", errors=str(len(broken))
    )
    for one in run.cases:
        case = SubElement(suite, "testcase", classname="documents", name=one.case.id)
        if one.error:
            SubElement(case, "error", message=_plain(one.error))
    for name, why in run.left_out.items():
        case = SubElement(suite, "testcase", classname="documents", name=name)
        SubElement(case, "skipped", message=_plain(why))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _check(suite: Element, check: Check) -> None:
    case = SubElement(suite, "testcase", classname=check.kind, name=check.name)
    if not check.passed:
        failure = SubElement(case, "failure", message=_plain(check.message))
        failure.text = _plain("\n".join(check.details))


def _plain(text: str) -> str:
    return text.translate(_CONTROL)
