"""Publishing from a workspace, and the report of a verification, for people at a terminal."""

from pathlib import Path
from urllib.parse import urlsplit

from rich.text import Text

from app.archive.bundle import build_bundle, verify_bundle
from app.archive.edition import Edition, RecordPage
from app.archive.gather import gather
from app.archive.publish import Proofs, Published, publish
from app.cli.console import counted
from app.terminal import stderr, stdout
from app.workspace import existing_store
from extractors.capture.snapshots import SnapshotFolder
from smallprint.errors import UserError
from smallprint.registry import load
from smallprint.settings import Settings
from smallprint.store import Store
from smallprint.store.documents import load_document
from smallprint.store.publishing import audit_rows


def publish_archive(
    settings: Settings, folder: Path, *, profile: str, is_preview: bool, base_url: str, with_pdf: bool
) -> int:
    """Write the archive of this workspace and say what came of it; returns the exit code.

    Raises:
        UserError: nothing to publish, a record breaks a rule, or the folder or address cannot be used.

    """
    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname):
        raise UserError(f"--base-url {base_url!r} is no web address; write https://archive.example.org")
    with existing_store(settings) as store:
        if store is None:
            raise UserError("this workspace is empty; 'smallprint run' reads documents, 'smallprint review' approves")
        published = write_archive(
            store, settings, folder, profile=profile, is_preview=is_preview, base_url=base_url, with_pdf=with_pdf
        )
    noun = "draft" if is_preview else "record"
    stdout().print(
        f"{counted(published.records, noun)} of {counted(published.documents, 'document')}: "
        f"{counted(published.files, 'file')}, {published.written:,} written, {published.removed:,} removed."
    )
    stdout().print(Text(f"edition root {published.root_sha256}", style="dim"))
    stdout().print(Text(f"open {(folder / 'index.html').resolve().as_uri()}"))
    return 0


def write_archive(
    store: Store,
    settings: Settings,
    folder: Path,
    *,
    profile: str,
    is_preview: bool,
    base_url: str = "",
    with_pdf: bool = True,
) -> Published:
    """Gather, project and write; see ``app.archive.publish``."""
    registry = load()
    snapshots = SnapshotFolder(settings.snapshots)
    edition = gather(store, registry, has_snapshot=snapshots.holds, is_preview=is_preview)
    if not edition.records:
        wanted = "drafts" if is_preview else "approved records"
        hint = "" if is_preview else "; approve some with 'smallprint review', or look at the drafts with --preview"
        raise UserError(f"there are no {wanted} to publish{hint}")
    with stderr().status("writing the archive"):
        return publish(
            edition,
            folder,
            registry,
            profile=profile,
            base_url=base_url,
            with_pdf=with_pdf,
            proofs=_proofs(store, snapshots, edition) if not is_preview else None,
        )


def _proofs(store: Store, snapshots: SnapshotFolder, edition: Edition) -> Proofs:
    def proof(record: RecordPage) -> bytes:
        provenance = record.draft.provenance
        with store.read() as connection:
            text = load_document(connection, provenance.document).document.text
            decisions = list(audit_rows(connection, record.draft.id))
        snapshot = snapshots.load(provenance.snapshot_sha256)
        return build_bundle(
            record.id,
            record.wording,
            text=text,
            snapshot=snapshot,
            decisions=decisions,
            registry_sha256=edition.registry_sha256,
        )

    return proof


def show_verification(bundle: Path) -> int:
    """Print every check of a bundle; returns 1 where one fails."""
    findings = list(verify_bundle(bundle))
    console = stdout()
    for finding in findings:
        if finding.problem:
            console.print(Text.assemble(("  wrong  ", "bold red"), finding.problem))
        else:
            console.print(Text.assemble(("  holds  ", "green"), finding.check))
    wrong = sum(bool(finding.problem) for finding in findings)
    verdict = f"{counted(wrong, 'check')} of {len(findings)} failed." if wrong else f"All {len(findings)} checks hold."
    console.print(verdict, style="bold red" if wrong else "bold")
    return 1 if wrong else 0
