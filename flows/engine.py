"""Prefect, made quiet and local: must be prepared before anything imports prefect.

Prefect can start a temporary server by itself, but that one shares our terminal: Ctrl-C would end it first, and the
run would wait minutes for an answer to its last report. Ours is a process group of its own (``flows/server.py``).
"""

import asyncio
import atexit
import contextlib
import importlib
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from smallprint.errors import StoreError, UserError

_START_SECONDS = 120.0  # a first start migrates Prefect's own database: 12 s on two cores, far longer on a slow disk
_POLL_SECONDS = 0.1
_STOP_SECONDS = 5.0  # in which the server may write down what it was sent, before it is killed


@dataclass
class LocalServer:
    """The temporary server of this process; ``folder`` is Prefect's home."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def log(self) -> Path:
        """Where it logs, off the user's screen."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start the process; it answers some seconds later."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 -- our own module
                # -P: no module comes from the current folder, which may have come with the documents.
                [sys.executable, "-P", "-m", "flows.server", str(self.port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "PYTHONSAFEPATH": "1",
                    "PREFECT__SERVER_EPHEMERAL": "1",
                    "PREFECT__SERVER_FINAL": "1",
                },
                cwd=self.folder,  # Prefect reads prefect.toml, pyproject.toml and .env where it starts
                start_new_session=True,
            )
        atexit.register(self.stop)

    def stop(self) -> None:
        """End it, and let it write down first what it was sent."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


_prepared: list[LocalServer | None] = []  # at most one: Prefect reads its settings once a process


def prepare_prefect(home: Path) -> LocalServer | None:
    """Point Prefect at the workspace and keep its log off the user's screen; variables that the user has set stay.

    With PREFECT_API_URL set, runs are recorded by that server, and its pages show them live; None is returned. Without
    it a temporary server runs beside us and keeps its history in ``home/prefect``; opening that folder with
    ``PREFECT_HOME=home/prefect prefect server start`` shows past runs.

    Raises:
        RuntimeError: prefect was imported before, so that the settings would not count.

    """
    if _prepared:
        return _prepared[0]
    if "prefect" in sys.modules:
        raise RuntimeError("prepare_prefect must run before prefect is imported")
    folder = (home / "prefect").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {
        "PREFECT_HOME": str(folder),
        # Prefect's own usage statistics: one switch for its server, one for its library.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        # Services for schedules and notifications, which a temporary server has no use for.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    server = None
    if not os.environ.get("PREFECT_API_URL"):
        server = LocalServer(folder, _free_port())
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{server.port}/api"
        # The user's proxy is for other machines.
        for name in ("NO_PROXY", "no_proxy"):
            os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
    _prepared.append(server)
    return server


async def start_prefect(home: Path) -> None:
    """Import Prefect, and have its server answer; can be cancelled at any time.

    Raises:
        UserError: the server that PREFECT_API_URL names does not answer.
        StoreError: the temporary server does not start.

    """
    server = prepare_prefect(home)
    url = os.environ["PREFECT_API_URL"]
    if server is not None and server.process is None:
        server.start()
    _import_prefect()  # takes as long as the server's first steps, which go on meanwhile
    if server is None:
        if not await _answers(url, local=False):
            raise UserError(f"no Prefect server answers at PREFECT_API_URL={url}; start it, or unset the variable")
        return
    for _ in range(round(_START_SECONDS / _POLL_SECONDS)):
        if await _answers(url, local=True):
            return
        if server.process is None or server.process.poll() is not None:
            break
        await asyncio.sleep(_POLL_SECONDS)
    server.stop()
    raise StoreError(f"Prefect's local server did not start; {server.log} says why, and trying again may help")


def _import_prefect() -> None:
    """Import Prefect from a folder of our own: it reads prefect.toml, pyproject.toml and .env where it is imported."""
    if "prefect" in sys.modules:
        return
    with contextlib.chdir(os.environ["PREFECT_HOME"]):
        importlib.import_module("prefect")


async def _answers(url: str, *, local: bool) -> bool:
    """Whether an API answers; a local one has to report health, a remote one may refuse us until we sign in."""
    import httpx

    try:
        async with httpx.AsyncClient(trust_env=not local) as client:
            response = await client.get(f"{url.rstrip('/')}/health")
    except httpx.TransportError:
        return False
    return response.is_success or not local


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
