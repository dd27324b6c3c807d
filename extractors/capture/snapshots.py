"""Captured bytes on disk or in object storage, named by their SHA-256 and never changed."""

from hashlib import sha256
from pathlib import Path
from secrets import token_hex


class SnapshotFolder:
    """A content-addressed folder; ``root`` is a path or any fsspec URL such as ``s3://bucket/snapshots``."""

    def __init__(self, root: str | Path) -> None:
        import fsspec

        self._fs, self._root = fsspec.core.url_to_fs(str(root))

    def store(self, data: bytes) -> str:
        """Write the bytes unless they are there already; returns their SHA-256 in hex.

        The bytes go to a temporary name first, so that a file named by a hash is never half written.
        """
        digest = sha256(data).hexdigest()
        path = self._path(digest)
        if not self._fs.exists(path):
            self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            partial = f"{path}.{token_hex(8)}.partial"  # a name that nobody can have put a link under
            self._fs.pipe_file(partial, data)
            self._fs.mv(partial, path)
        return digest

    def holds(self, digest: str) -> bool:
        """Whether bytes were captured under this hash."""
        return bool(self._fs.exists(self._path(digest)))

    def load(self, digest: str) -> bytes:
        """The bytes under a hash.

        Raises:
            FileNotFoundError: nothing was captured under this hash.
            ValueError: the stored bytes no longer have this hash.

        """
        data: bytes = self._fs.cat_file(self._path(digest))
        if sha256(data).hexdigest() != digest:
            raise ValueError(f"snapshot {digest} is damaged: its bytes have another hash")
        return data

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest}"
