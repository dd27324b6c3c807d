"""File -> snapshot: its bytes as they are, with the time of reading."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from extractors.capture.media import detect_media_type
from smallprint.errors import DocumentError
from smallprint.records import Snapshot


def is_url(location: str) -> bool:
    """Whether a location is fetched rather than opened."""
    return location.lower().startswith(("http://", "https://"))


def capture_file(location: str, *, max_bytes: int) -> tuple[Snapshot, bytes]:
    """Read a local file.

    Args:
        location: path of the file.
        max_bytes: a larger file is refused before it is read.

    Raises:
        DocumentError: ``not_found``, ``unreadable``, ``too_large``, ``empty`` or ``unsupported_type``.

    """
    path = Path(location)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise DocumentError("unreadable", f"{location} is a folder", advice="name a file")
        if size > max_bytes:
            raise DocumentError(
                "too_large",
                f"the file has {size:,} bytes, the limit is {max_bytes:,}",
                advice="raise SMALLPRINT_FETCH_MAX_BYTES if that is right",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError("not_found", f"there is no file {location}", advice="check the path") from error
    except OSError as error:
        raise DocumentError("unreadable", f"{location} cannot be read ({error.strerror})") from error
    if not data:
        raise DocumentError("empty", "the file is empty (0 bytes)", advice="fetch or export it again")
    return Snapshot(
        sha256=sha256(data).hexdigest(),
        size=len(data),
        media_type=detect_media_type(data, declared=None, name=location),
        captured_at=datetime.now(UTC),
    ), data
