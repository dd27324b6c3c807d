"""Jobs for a sandboxed child that misbehave as a parser under attack would; ``serve`` is what the child runs."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from extractors import worker


def echo(data: bytes, _arguments: dict[str, Any]) -> bytes:
    return data[::-1]


def allocate(_data: bytes, arguments: dict[str, Any]) -> bytes:
    return (b"x" * (arguments["megabytes"] * 1_000_000))[:1]


def wrap_memory_error(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    try:
        return bytes(10_000_000_000)
    except MemoryError as error:
        raise ValueError("a library's own words") from error


def compute(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    while True:
        pass


def sleep(_data: bytes, arguments: dict[str, Any]) -> bytes:
    """Sleep in a grandchild as well, as OCR does; its process id is written to a file."""
    grandchild = subprocess.Popen(["/bin/sleep", "60"])
    Path(arguments["file"]).write_text(str(grandchild.pid))
    time.sleep(60)
    return b""


def crash(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    ctypes.string_at(0)
    return b""


def be_killed(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def leave(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    os._exit(0)


def print_noise(data: bytes, _arguments: dict[str, Any]) -> bytes:
    print("noise", flush=True)
    os.write(1, b"noise\n")
    return data


def fail(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    raise KeyError("a mistake of ours")


def describe(_data: bytes, _arguments: dict[str, Any]) -> bytes:
    facts = {"pid": os.getpid(), "environment": dict(os.environ), "path": sys.path, "folder": str(Path.cwd())}
    return json.dumps(facts).encode()


def serve() -> None:
    names = ("echo", "allocate", "wrap_memory_error", "compute", "sleep", "crash", "be_killed", "leave")
    for name in (*names, "print_noise", "fail", "describe"):
        worker.JOBS[name] = f"tests.extractors.misbehaving_jobs:{name}"
    worker.serve()
