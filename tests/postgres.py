"""A PostgreSQL server of the tests' own, from Debian's packages: a temporary folder, a Unix socket, no fsync."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the URL of its first database, ``{name}`` in place of the name."""
    where = binaries()
    assert where is not None
    # PostgreSQL refuses to run as root, and a socket's path has at most 107 characters.
    lower = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="sp-pg-"))
    if lower:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=120"

    def run(*command: str) -> None:
        subprocess.run([*lower, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)  # noqa: S603

    try:
        run(str(where / "initdb"), "-D", str(data), "-U", "smallprint", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(where / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://smallprint@/{{name}}?host={folder}"
        finally:
            run(str(where / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
