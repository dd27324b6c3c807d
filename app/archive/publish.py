"""An edition -> a folder of files: rendered, written where they changed, listed with hashes under one root hash."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from app.archive.edition import Edition, RecordPage
from app.archive.feeds import render_feeds
from app.archive.machine import machine_files, sitemap
from app.archive.pages import Rendering, render_pages
from app.archive.paths import wording_path
from app.archive.pdf import record_pdf
from app.archive.profiles import load_profiles, project
from app.archive.search import search_files
from app.archive.views import build_views
from app.files import whole_file
from smallprint.errors import UserError
from smallprint.registry import Registry

MANIFEST = "edition.json"
_STATIC = ("archive.css", "search.js", "mark.svg")


@dataclass(frozen=True)
class Published:
    """What publishing came to."""

    records: int
    documents: int
    files: int
    written: int  # files that were new or had other bytes before
    removed: int
    root_sha256: str


Proofs = Callable[[RecordPage], bytes]


def publish(
    edition: Edition,
    folder: Path,
    registry: Registry,
    *,
    profile: str,
    base_url: str = "",
    with_pdf: bool = True,
    proofs: Proofs | None = None,
) -> Published:
    """Write an edition as a static site.

    Args:
        edition: everything that can be published.
        folder: made where it is missing; one that holds something else than an archive is refused.
        registry: names and links.
        profile: what is left out, see ``profiles.yml``.
        base_url: where the archive will stand; without it there is no sitemap and links in feeds are relative.
        with_pdf: a sheet of paper for every record too.
        proofs: gives a record's proof bundle; used under a profile that leaves nothing out, because a bundle is whole.

    Raises:
        UserError: no such profile, or the folder holds other things.

    """
    _check_folder(folder)
    old = _old_manifest(folder)
    if not old:
        _write(folder / MANIFEST, b'{"files": {}}\n')  # so that a run that is killed can be begun again
    hashes: dict[str, str] = {}
    written = 0
    projected = project(edition, profile)
    is_whole = not load_profiles()[profile].leaves_out
    views = build_views(projected, registry)
    rendering = Rendering(views, base_url, has_pdf=with_pdf, has_bundles=is_whole and proofs is not None)
    for path, body in _render(rendering, proofs):
        digest = sha256(body).hexdigest()
        hashes[path] = digest
        if old.get(path) != digest or not (folder / path).is_file():
            _write(folder / path, body)
            written += 1
    removed = _remove(folder, set(old) - set(hashes))
    root = sha256("\n".join(f"{digest} {path}" for path, digest in sorted(hashes.items())).encode()).hexdigest()
    manifest = {
        "edition": edition.as_of.isoformat(),
        "profile": profile,
        "preview": edition.is_preview,
        "registry_sha256": edition.registry_sha256,
        "root_sha256": root,
        "files": dict(sorted(hashes.items())),
    }
    _write(folder / MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    return Published(len(edition.records), len(edition.documents), len(hashes), written, removed, root)


def _render(rendering: Rendering, proofs: Proofs | None) -> Iterator[tuple[str, bytes]]:
    views, base_url, edition = rendering.views, rendering.base_url, rendering.views.edition
    page_paths = []
    for path, page in render_pages(rendering):
        page_paths.append(path)
        yield path, page.encode()
    for path, text in (*machine_files(views), *search_files(views)):
        yield path, text.encode()
    yield from render_feeds(views, base_url)
    for record in edition.records:
        if rendering.has_pdf:
            address = rendering.address(wording_path(record.id, record.wording.version))
            yield f"r/{record.id}/record.pdf", record_pdf(record, views, address)
        if rendering.has_bundles and proofs is not None and views.document_by_id[record.document].snapshot_stored:
            yield f"r/{record.id}/proof.zip", proofs(record)
    for name in _STATIC:
        yield f"static/{name}", files("app.archive").joinpath("static", name).read_bytes()
    yield "robots.txt", _robots(base_url, is_preview=edition.is_preview).encode()
    yield "profiles.json", _profile_map(edition.profile).encode()
    if base_url and not edition.is_preview:
        yield "sitemap.xml", sitemap(page_paths, base_url).encode()


def _robots(base_url: str, *, is_preview: bool) -> str:
    if is_preview:
        return "User-agent: *\nDisallow: /\n"
    where = f"Sitemap: {base_url.rstrip('/')}/sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{where}"


def _profile_map(profile: str) -> str:
    """Which profile the files below a path belong to, for a proxy that serves several builds."""
    facts = {"profile": profile, "paths": {"/": profile}, "known": sorted(load_profiles())}
    return json.dumps(facts, indent=1) + "\n"


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise UserError(f"{folder} is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UserError(f"{folder} holds other files and no archive; name an empty folder or one that was published to")


def _old_manifest(folder: Path) -> dict[str, str]:
    try:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(path): str(digest) for path, digest in stored["files"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError) as error:
        raise UserError(f"{folder / MANIFEST} is damaged; publish into an empty folder") from error


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all: a reader never meets half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_bytes(body)


def _remove(folder: Path, paths: set[str]) -> int:
    """Delete files of the edition before that this one does not have; nothing outside the folder."""
    root = folder.resolve()
    removed = 0
    for path in sorted(paths):
        target = (folder / path).resolve()
        if target.is_relative_to(root) and target.is_file():
            target.unlink()
            removed += 1
    return removed
