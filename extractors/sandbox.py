"""Work on a stranger's bytes in warm child processes with limits on memory, processor time and wall clock.

A child that exceeds a limit or dies is the document's failure (``too_heavy``), never the run's. The bounds and what
they cost are in docs/decisions/0022-bounded-child-processes.md.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from smallprint.errors import DocumentError

MAX_IDLE_WORKERS = max(2, os.cpu_count() or 1)  # kept warm; more than the processors only hold memory
MAX_ANSWER_BYTES = 400_000_000  # a text of the most blocks that are accepted is a tenth of it
_MAX_HEADER_BYTES = 1_000_000  # the header of a mistake of ours holds a traceback
_START_SECONDS = 60.0  # for the interpreter and its imports: 0.2 s on an idle machine
_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from extractors.worker import serve; serve(sys.argv[1])"
# Of the environment a child gets this and the locale: no key, no proxy, no address.
_ENVIRONMENT = ("PATH", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "LANG")
_ADVICE = "check that the file is what it seems to be; split it, or raise SMALLPRINT_PARSE_SECONDS or _MEGABYTES"


@dataclass(frozen=True)
class Limits:
    """What one job may use."""

    megabytes: int  # of address space, beyond what the child has before the job
    processor_seconds: float
    seconds: float  # of wall clock


class ChildBugError(Exception):
    """A mistake of ours in a child; the text is the child's traceback."""


class _Died(Exception):  # noqa: N818 -- what happened, for this module alone
    """The child ended before its answer was complete."""


def run_job(job: str, data: bytes, arguments: Mapping[str, Any], limits: Limits) -> bytes:
    """What the worker's ``job`` answers to ``data``; safe to call from several threads at once.

    Args:
        job: a key of ``extractors.worker.JOBS``.
        data: the stranger's bytes.
        arguments: whatever JSON can hold.
        limits: exceeding one of them ends the child.

    Raises:
        DocumentError: as the job raised it, or ``too_heavy``: a limit was exceeded, or the child died.
        ChildBugError: the job raised anything else.

    """
    worker = _WORKERS.take()
    try:
        answer = worker.ask(job, data, arguments, limits)
    except _Died:
        raise worker.cause_of_death(limits) from None
    finally:
        _WORKERS.give_back(worker)
    return answer


def start_early(extractor_module: str = "") -> None:
    """Start a worker in the background, so that it imports its libraries while the caller does other things.

    Args:
        extractor_module: what it will probably need, such as ``extractors.pdf``.

    """
    _WORKERS.give_back(_Worker(extractor_module))


class _Worker:
    """A child process that answers one job after another."""

    def __init__(self, extractor_module: str = "") -> None:
        self.owner = os.getpid()
        self.reusable = True
        self._ready = False
        self._timed_out = False
        environment = {
            name: word for name, word in os.environ.items() if name in _ENVIRONMENT or name.startswith("LC_")
        }
        self._process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-I", "-c", _BOOT, extractor_module, *_module_folders()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C is for the run; and what the child starts ends with it
        )

    def alive(self) -> bool:
        return self.reusable and self.owner == os.getpid() and self._process.poll() is None

    def ask(self, job: str, data: bytes, arguments: Mapping[str, Any], limits: Limits) -> bytes:
        """The job's answer; whatever happens, the worker is reusable only where the answer was complete."""
        self.reusable = False
        if not self._ready:
            with self._deadline(_START_SECONDS):
                self._receive()  # that it is ready
            self._ready = True
        request = {
            "job": job,
            "size": len(data),
            "arguments": arguments,
            "megabytes": limits.megabytes,
            "processor_seconds": limits.processor_seconds,
        }
        with self._deadline(limits.seconds):
            self._send(json.dumps(request).encode() + b"\n", data)
            header, answer = self._receive()
        self.reusable = header["reusable"]
        if header["outcome"] == "bug":
            raise ChildBugError(header["traceback"])
        if header["outcome"] == "memory":
            raise _too_heavy(f"more than {limits.megabytes:,} MB of memory")
        if header["outcome"] == "refused":
            raise DocumentError(
                header["code"], header["detail"], advice=header["advice"], transient=header["transient"]
            )
        return answer

    def cause_of_death(self, limits: Limits) -> DocumentError:
        """Why the child ended before its answer, as the document's error."""
        self.kill()
        code = self._process.returncode
        if self._timed_out:
            return _too_heavy(f"longer than {limits.seconds:g} seconds")
        if code == -signal.SIGXCPU:
            return _too_heavy(f"more than {limits.processor_seconds:g} seconds of processor time")
        ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return DocumentError("too_heavy", f"the process that read it died ({ending})", advice=_ADVICE)

    def kill(self) -> None:
        """End the child and all that it has started; a child that another process started is left alone."""
        pipes = [pipe for pipe in (self._process.stdin, self._process.stdout) if pipe is not None]
        if self.owner == os.getpid():
            self._kill_group()
            self._process.wait()
        for pipe in pipes:
            with contextlib.suppress(OSError):  # what was still to be written has no reader
                pipe.close()

    def _kill_group(self) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    @contextlib.contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Kill the child after so many seconds: whatever waits for it then sees the end of its pipe."""
        timer = Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self._timed_out = True
        self._kill_group()

    def _send(self, *parts: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 -- opened above
        try:
            for part in parts:
                self._process.stdin.write(part)
            self._process.stdin.flush()
        except OSError as error:
            raise _Died from error

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        """Header and body; nothing that the child sends is executed or unpickled."""
        assert self._process.stdout is not None  # noqa: S101 -- opened above
        line = self._process.stdout.readline(_MAX_HEADER_BYTES)
        try:
            header = json.loads(line)
            size = int(header["size"])
        except (ValueError, KeyError, TypeError) as error:
            raise _Died from error
        if not 0 <= size <= MAX_ANSWER_BYTES:
            raise _Died
        body = self._process.stdout.read(size)
        if len(body) < size:
            raise _Died
        return header, body


class _Workers:
    """The idle workers of this process."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._lock = Lock()

    def take(self) -> _Worker:
        """An idle worker, or a new one."""
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return _Worker()
            if worker.alive():
                return worker
            worker.kill()

    def give_back(self, worker: _Worker) -> None:
        """Keep a worker for the next job; one that is spent or too many is ended."""
        if worker.alive():
            with self._lock:
                if len(self._idle) < MAX_IDLE_WORKERS:
                    self._idle.append(worker)
                    return
        worker.kill()

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()


def _too_heavy(excess: str) -> DocumentError:
    return DocumentError("too_heavy", f"reading it takes {excess}", advice=_ADVICE)


def _module_folders() -> Sequence[str]:
    """Where a child looks for modules: as this process does, but never in the working directory.

    The working directory may be a folder of documents that somebody else prepared. It stays where Smallprint itself
    lies in it, as in a source checkout.
    """
    here = Path.cwd()
    folders = [Path(folder).resolve() for folder in sys.path if folder]
    return [str(folder) for folder in folders if folder == _PACKAGE_FOLDER or folder != here]


_WORKERS = _Workers()
atexit.register(_WORKERS.close)
