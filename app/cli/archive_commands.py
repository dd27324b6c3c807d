"""``smallprint publish`` and ``verify``: the archive as a folder of files, and the check of a proof bundle."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import settings_with

archive = typer.Typer()


@archive.command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the site is written.", show_default=False)],
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="What is shown: public, watcher or professional.")
    ] = "public",
    preview: Annotated[
        bool, typer.Option("--preview", help="Drafts that nobody has reviewed, marked as such.")
    ] = False,
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Where it will stand, for citations, feeds and the sitemap.")
    ] = "",
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="A PDF of every record.")] = True,
) -> None:
    """Publish the approved records as a static site.

    For example:
    $ smallprint publish site --base-url https://archive.example.org
    $ smallprint publish preview --preview
    $ smallprint publish members --profile professional
    """
    from app.cli.publishing import publish_archive

    raise typer.Exit(
        publish_archive(settings_with(), folder, profile=profile, is_preview=preview, base_url=base_url, with_pdf=pdf)
    )


@archive.command()
def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A proof.zip of the archive.", show_default=False)],
) -> None:
    """Check a record's proof bundle, offline: snapshot, text, quotes, wording, decisions.

    For example:
    $ smallprint verify proof.zip
    """
    from app.cli.publishing import show_verification

    raise typer.Exit(show_verification(bundle))
