"""Names of the suites, and modules of the benchmarks: constants only, so that the help can list them cheaply."""

from collections.abc import Mapping

SUITES = ("gold", "dev", "test", "samples")
BENCHMARKS: Mapping[str, str] = {  # name -> module with main(arguments)
    "claudette": "evals.benchmarks.claudette",
    "tosdr": "evals.benchmarks.tosdr",
    "html": "evals.benchmarks.html",
    "pdf": "evals.benchmarks.pdf",
    "versions": "evals.benchmarks.grounding",
    "hostile": "evals.benchmarks.hostile",
}
RUN_AN_ANALYST = ("claudette", "tosdr", "hostile")
WITHOUT_DATA = ("hostile",)  # their documents are in the repository; the others read a folder of public documents
