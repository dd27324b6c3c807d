"""``smallprint review``: opens the store, prints the first admin's link, serves the desk."""

import gc
from datetime import UTC, datetime
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from app.review.announce import Webhook, can_be_posted_to, start_announcer
from app.review.desk import create_desk, utc_now
from app.review.oidc import Provider
from app.review.pages import compile_templates
from app.terminal import stdout
from smallprint.errors import UserError
from smallprint.settings import Settings
from smallprint.store import Store, invitations, open_store, people, queue, queue_rows


def first_admin_link(store: Store, base: str) -> str | None:
    """A one-time address that makes the first admin; None once anybody has an account."""
    with store.write() as connection:
        if people.list_people(connection):
            return None
        return f"{base}/welcome/{invitations.create_invitation(connection, None, 'admin', datetime.now(UTC))}"


def serve(settings: Settings, *, host: str, port: int, https: bool = False) -> None:
    """Serve until interrupted.

    Raises:
        UserError: the port is taken, or the webhook or the provider is configured in part.

    """
    webhook, provider = configured_webhook(settings), configured_provider(settings)
    store = open_store(settings.sqlalchemy_url)
    announce = None
    try:
        announce = start_announcer(store, webhook, utc_now)
        _print_start(store, f"{'https' if https else 'http'}://{_browsable(host)}:{port}")
        desk = create_desk(
            store,
            announce=announce,
            https=https,
            blind_share=settings.blind_share,
            snapshots=settings.snapshots,
            provider=provider,
        )
        compile_templates()
        # What was loaded so far stays; searching it for garbage takes 70 ms in one of some dozens of requests.
        gc.collect()
        gc.freeze()
        _run(desk, host, port, https=https)
    finally:
        if announce is not None:
            announce.close()
        store.close()


def _print_start(store: Store, base: str) -> None:
    """Print where the desk is, how much waits there, and a new desk's link for its first admin."""
    with store.write() as connection:
        queue_rows.write_missing_queue_rows(connection)
        waiting = queue.count_drafts(connection, queue.Filters())
    link = first_admin_link(store, base)
    out = stdout()
    out.print(f"Review desk  {base}   {waiting:,} drafts wait. Ctrl-C ends it.")
    if link:
        out.print("Nobody can sign in yet. This link makes the first admin, once:")
        out.print(f"  {link}", soft_wrap=True, highlight=False)


def _run(desk: FastAPI, host: str, port: int, *, https: bool) -> None:
    """Serve the application; raises UserError where the address cannot be listened on."""
    config = uvicorn.Config(
        desk,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=https,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    message = f"the desk cannot listen on {host}:{port}; choose another port with --port"
    try:
        server.run()
    except SystemExit as error:
        raise UserError(message) from error
    if not server.started:
        raise UserError(message)


def configured_webhook(settings: Settings) -> Webhook | None:
    """The webhook of the settings; raises UserError where it has no secret or is no web address."""
    if not settings.webhook_url:
        return None
    if settings.webhook_secret is None:
        raise UserError("SMALLPRINT_WEBHOOK_URL needs SMALLPRINT_WEBHOOK_SECRET, which signs what is sent there")
    if not can_be_posted_to(settings.webhook_url):
        raise UserError("SMALLPRINT_WEBHOOK_URL has to be a whole address, http://HOST/... or https://HOST/...")
    return Webhook(settings.webhook_url, settings.webhook_secret.get_secret_value())


def configured_provider(settings: Settings) -> Provider | None:
    """The OpenID provider of the settings; raises UserError where it is configured in part."""
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id or settings.oidc_client_secret is None:
        raise UserError("SMALLPRINT_OIDC_ISSUER needs SMALLPRINT_OIDC_CLIENT_ID and SMALLPRINT_OIDC_CLIENT_SECRET")
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        role=settings.oidc_role,
        label=settings.oidc_label,
    )


def _browsable(host: str) -> str:
    """The host as a browser here can use it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{host}]" if address.version == 6 else host
