"""Files that are whole or not there, written where no link can lead them elsewhere."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` to write to; it takes that name when the block has ended well, and goes otherwise.

    Its name cannot be guessed and it is made anew, so that nobody can have put a link there.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".partial")
    os.close(descriptor)
    partial = Path(name)
    try:
        partial.chmod(0o666 & ~_umask())  # as any new file; mkstemp makes private ones
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
