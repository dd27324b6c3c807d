"""Proof bundles: one record with all that proves it, in a ZIP file that anybody can check offline.

| file | what it is |
|---|---|
| record.json | the wording, canonical JSON; its SHA-256 is the one that citations carry |
| document.txt | the document's text; the quotes stand at their offsets |
| snapshot | the bytes as captured; their SHA-256 is the one that the record names |
| decisions.jsonl | the rows of the audit chain about this record, each with its own hash |
| manifest.json | ids, hashes of all of these, and the registry's |
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.archive.edition import RecordWording
from smallprint.errors import UserError

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP file can carry: the same content gives the same bytes
MAX_MEMBER_BYTES = 200_000_000  # a capture is bounded at 50 MB; a bundle that unpacks to more is not one of ours
_MEMBERS = ("record.json", "document.txt", "snapshot", "decisions.jsonl")
_ROW_FIELDS = ("id", "actor", "what", "subject", "version", "changes", "detail", "previous")


@dataclass(frozen=True)
class BundleCheck:
    """One check of a bundle: what was checked, and what is wrong (empty where nothing is)."""

    check: str
    problem: str = ""


def canonical(value: Any) -> bytes:  # noqa: ANN401 -- JSON
    """JSON with sorted keys and without spaces: what hashes are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def build_bundle(
    record_id: str,
    wording: RecordWording,
    *,
    text: str,
    snapshot: bytes,
    decisions: Iterable[Mapping[str, Any]],
    registry_sha256: str,
) -> bytes:
    """The bundle of one wording."""
    body = wording.draft.model_dump(mode="json", exclude={"status", "flags"})
    members = {
        "record.json": canonical(body),
        "document.txt": text.encode("utf-8", "surrogatepass"),
        "snapshot": snapshot,
        "decisions.jsonl": b"".join(canonical(dict(row)) + b"\n" for row in decisions),
    }
    manifest = {
        "record": record_id,
        "version": wording.version,
        "wording_sha256": wording.sha256,
        "snapshot_sha256": wording.draft.provenance.snapshot_sha256,
        "registry_sha256": registry_sha256,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*members.items(), ("manifest.json", json.dumps(manifest, indent=1).encode())):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def verify_bundle(path: Path) -> Iterator[BundleCheck]:
    """Every check of a bundle in turn; the bundle holds where no finding has a problem.

    Raises:
        UserError: the file is no bundle.

    """
    members = _read(path)
    manifest = json.loads(members["manifest.json"])
    for name in _MEMBERS:
        digest = hashlib.sha256(members[name]).hexdigest()
        differs = digest != manifest["files"].get(name)
        yield BundleCheck(f"{name} is as it was packed", f"{name} was changed" if differs else "")
    record = json.loads(members["record.json"])
    wording = hashlib.sha256(canonical(record)).hexdigest()
    named = wording == manifest["wording_sha256"]
    yield BundleCheck(
        "the record is the wording that was cited", "" if named else f"record.json has the hash {wording}"
    )
    digest = hashlib.sha256(members["snapshot"]).hexdigest()
    captured = digest == record["provenance"]["snapshot_sha256"] == manifest["snapshot_sha256"]
    yield BundleCheck("the snapshot is what was captured", "" if captured else f"the snapshot has the hash {digest}")
    text = members["document.txt"].decode("utf-8", "surrogatepass")
    for number, proof in enumerate(record["evidence"], start=1):
        stands = text[proof["start"] : proof["end"]] == proof["text"]
        where = f"{proof['start']}-{proof['end']}"
        yield BundleCheck(
            f"quote {number} stands in the text at {where}", "" if stands else f"other words stand at {where}"
        )
    for row in filter(None, members["decisions.jsonl"].split(b"\n")):
        yield _check_row(json.loads(row))


def _check_row(row: dict[str, Any]) -> BundleCheck:
    """Whether a row of the audit chain has the hash that it claims; see smallprint/store/audit.py for the form."""
    hashed = {name: row[name] for name in _ROW_FIELDS} | {"at": row["at"]}
    digest = hashlib.sha256(canonical(hashed)).hexdigest()
    problem = "" if digest == row["sha256"] else f"row {row['id']} of the audit chain was changed"
    return BundleCheck(f"decision {row['id']} ({row['what']}) is as it was written", problem)


def _read(path: Path) -> dict[str, bytes]:
    wanted = (*_MEMBERS, "manifest.json")
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            missing = [name for name in wanted if name not in sizes]
            if missing:
                raise UserError(f"{path} is no proof bundle: it has no {', '.join(missing)}")
            if any(sizes[name] > MAX_MEMBER_BYTES for name in wanted):
                raise UserError(f"{path} unpacks to more than a bundle can hold")
            return {name: archive.read(name) for name in wanted}
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a proof bundle ({error})") from error
