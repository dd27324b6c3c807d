"""The gate as JUnit XML: failures are checks that did not pass, errors are documents that could not be analyzed."""

from xml.etree.ElementTree import Element, SubElement, tostring

from evals.gate import Check, GateResult
from evals.results import Run

_CONTROL_CHARACTERS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # XML 1.0 cannot hold them


def junit(run: Run, gate: GateResult) -> str:
    """The XML document: one test suite for each kind of check, and one for the documents."""
    root = Element("testsuites", name=f"smallprint eval {run.suite}")
    for kind in dict.fromkeys(check.kind for check in gate.checks):
        checks = [check for check in gate.checks if check.kind == kind]
        failed = sum(not check.passed for check in checks)
        suite = SubElement(root, "testsuite", name=kind, tests=str(len(checks)), failures=str(failed), errors="0")
        for check in checks:
            _check(suite, check)
    errors = sum(case_run.error is not None for case_run in run.cases)
    suite = SubElement(root, "testsuite", name="documents", tests=str(len(run.cases)), failures="0", errors=str(errors))
    for case_run in run.cases:
        case = SubElement(suite, "testcase", classname="documents", name=case_run.case.id)
        if case_run.error is not None:
            SubElement(case, "error", message=_plain(case_run.error))
    for name, reason in run.left_out.items():
        case = SubElement(suite, "testcase", classname="documents", name=name)
        SubElement(case, "skipped", message=_plain(reason))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _check(suite: Element, check: Check) -> None:
    case = SubElement(suite, "testcase", classname=check.kind, name=check.name)
    if not check.passed:
        failure = SubElement(case, "failure", message=_plain(check.message))
        failure.text = _plain("\n".join(check.details))


def _plain(text: str) -> str:
    return text.translate(_CONTROL_CHARACTERS)
