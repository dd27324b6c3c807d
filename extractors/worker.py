"""The child's side of the sandbox: read a job from standard input, do it within its limits, write the answer."""

import importlib
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from smallprint.errors import DocumentError

Job: TypeAlias = Callable[[bytes, dict[str, Any]], bytes]

# name -> "module:function"; imported on first use, because the libraries are slow to import
JOBS = {
    "read": "extractors.bounded:read_job",
    "find_sheets": "extractors.pdf.drawing:find_sheets_job",
    "draw_page": "extractors.pdf.drawing:draw_page_job",
}
_MAX_KEPT_MEGABYTES = 500  # peak of resident memory above which a worker ends, so that its memory is given back
_MAX_OPEN_FILES = 128


def serve(extractor_module: str = "") -> None:
    """Answer jobs until standard input ends.

    Args:
        extractor_module: imported before the first job, which will probably need it.

    """
    requests, answers = _private_pipes()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    for module in ("extractors.bounded", "extractors.clauses", "extractors.language", extractor_module):
        if module:
            importlib.import_module(module)
    _answer(answers, {"outcome": "ready"})
    reusable = True
    while reusable and (line := requests.readline()):
        request = json.loads(line)
        data = requests.read(request["size"])
        header, body = _outcome(request, data)
        reusable = header["outcome"] != "memory" and _peak_megabytes() < _MAX_KEPT_MEGABYTES
        _answer(answers, {**header, "reusable": reusable}, body)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for this module alone; what a library prints is dropped."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    return requests, answers


def _outcome(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The job's answer, or what went wrong, as a header and a body."""
    _limit_processor(request["processor_seconds"])
    _limit_memory(request["megabytes"])
    try:
        return {"outcome": "done"}, _job(request["job"])(data, request["arguments"])
    except MemoryError:
        return {"outcome": "memory"}, b""
    except DocumentError as error:
        if _caused_by_memory(error):
            return {"outcome": "memory"}, b""
        facts = {"code": error.code, "detail": error.detail, "advice": error.advice, "transient": error.transient}
        return {"outcome": "refused", **facts}, b""
    except Exception as error:  # noqa: BLE001 -- raised again in the parent, with its traceback
        if _caused_by_memory(error):
            return {"outcome": "memory"}, b""
        return {"outcome": "bug", "traceback": "".join(traceback.format_exception(error))}, b""
    finally:
        _unlimit_memory()


def _job(name: str) -> Job:
    module, function = JOBS[name].split(":")
    job: Job = getattr(importlib.import_module(module), function)
    return job


def _caused_by_memory(error: BaseException) -> bool:
    """Whether a library that ran out of memory has said so in words of its own."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _limit_processor(seconds: float) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(usage.ru_utime + usage.ru_stime + seconds), hard))


def _limit_memory(megabytes: int) -> None:
    """Bound the address space, where the system can tell how much there is already (Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + megabytes * 1_000_000, hard))


def _unlimit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, hard))


def _peak_megabytes() -> float:
    """The most memory that this process has held.

    On Linux from /proc: what getrusage says of a child begins with the size of the parent that started it, so that
    the workers of a large process would never be used again.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _answer(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    answers.write(json.dumps({**header, "size": len(body)}).encode() + b"\n")
    answers.write(body)
    answers.flush()
