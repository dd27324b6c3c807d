"""Start a temporary PostgreSQL server for the tests: a folder under /tmp, a Unix socket, no fsync.

``python -m tests.postgres COMMAND ... URL`` runs a command beside such a server; the word URL becomes its address.
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

# Stops the server and removes its folder as soon as standard input closes: then the process that started the server
# has ended, even by SIGKILL. The wait is bounded, because a dead child that nobody reaps still answers to kill -0.
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
    """The reason why no server can run on this machine, or None if one can."""
    if binaries() is None:
        return "PostgreSQL is not installed (Debian: apt install postgresql)"
    if os.geteuid() == 0 and not any(user.pw_name == "postgres" for user in pwd.getpwall()):
        return "PostgreSQL refuses to run as root, and there is no user 'postgres'"
    return None


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, or None if PostgreSQL is not installed."""
    initdb = shutil.which("initdb")
    if initdb:
        return Path(initdb).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def server() -> Iterator[str]:
    """Run a server until the block ends or this process is killed; yields its URL with ``{name}`` for the database."""
    bin_folder = binaries()
    assert bin_folder is not None
    # PostgreSQL refuses to run as root, and the path of a Unix socket has at most 107 characters.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="sp-pg-"))
    # A session of its own, so that Ctrl-C in the terminal reaches the tests only; they stop the server as they end.
    watchdog = subprocess.Popen(  # noqa: S603 -- the script above
        ["/bin/sh", "-c", _WATCHDOG, "watchdog", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if as_postgres:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=120"

    def run(*command: str) -> None:
        subprocess.run([*as_postgres, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)  # noqa: S603

    try:
        run(str(bin_folder / "initdb"), "-D", str(data), "-U", "smallprint", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://smallprint@/{{name}}?host={folder}"
    finally:
        assert watchdog.stdin is not None
        watchdog.stdin.close()
        watchdog.wait(20)


def main() -> None:
    """Run the command of the arguments; where PostgreSQL is missing, say so and run it without the word URL."""
    command = sys.argv[1:]
    if reason := missing():
        sys.stderr.write(f"{reason}\n")
        sys.exit(subprocess.run([word for word in command if word != "URL"], check=False).returncode)  # noqa: S603
    with server() as url:
        address = url.format(name="postgres")
        completed = subprocess.run([address if word == "URL" else word for word in command], check=False)  # noqa: S603
    sys.exit(completed.returncode)


if __name__ == "__main__":
    main()
