"""A PostgreSQL server of the tests' own, from Debian's packages: a temporary folder, a Unix socket, no fsync.

``python -m tests.postgres COMMAND ... URL`` runs a command with the address of such a server for the word URL.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Ends server and folder when its standard input does, which is when the process that holds the other end is gone,
# however it went. The wait is bounded, because a dead child that nobody reaps looks alive.
_WATCHDOG = """
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$pid" 2>/dev/null && [ -e "$1/data/postmaster.pid" ] || break
    sleep 0.05
  done
fi
rm -rf "$1"
"""


def missing() -> str | None:
    """Why there can be no server here, or None."""
    if binaries() is None:
        return "PostgreSQL is not installed (Debian: apt install postgresql)"
    if os.geteuid() == 0 and not any(one.pw_name == "postgres" for one in pwd.getpwall()):
        return "root cannot run PostgreSQL and there is no user 'postgres' to run it"
    return None


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def server() -> Iterator[str]:
    """A running server that ends with this process, even a killed one; gives its URL with ``{name}`` of a database."""
    where = binaries()
    assert where is not None
    # PostgreSQL refuses to run as root, and a socket's path has at most 107 characters.
    lower = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="sp-pg-"))
    # A session of its own: Ctrl-C in the terminal is meant for the tests, which then end it.
    watchdog = subprocess.Popen(  # noqa: S603 -- our own script
        ["/bin/sh", "-c", _WATCHDOG, "watchdog", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if lower:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=120"

    def run(*command: str) -> None:
        subprocess.run([*lower, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)  # noqa: S603

    try:
        run(str(where / "initdb"), "-D", str(data), "-U", "smallprint", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(where / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://smallprint@/{{name}}?host={folder}"
    finally:
        assert watchdog.stdin is not None
        watchdog.stdin.close()
        watchdog.wait(20)


def main() -> None:
    """Run a command beside a server; without PostgreSQL, without the word."""
    command = sys.argv[1:]
    if reason := missing():
        sys.stderr.write(f"{reason}\n")
        sys.exit(subprocess.run([word for word in command if word != "URL"], check=False).returncode)  # noqa: S603
    with server() as url:
        there = url.format(name="postgres")
        done = subprocess.run([there if word == "URL" else word for word in command], check=False)  # noqa: S603
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
