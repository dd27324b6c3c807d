"""Settings: what the environment, a settings file and the command line can say, with the default of each.

A settings file is read only where a person named it: SMALLPRINT_SETTINGS, or ``settings.env`` in the workspace that
SMALLPRINT_HOME names. A ``.env`` in the current folder is not read, because that folder may have come with the
documents: it would decide where keys are sent.
"""

import os
from pathlib import Path
from secrets import token_hex
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from smallprint import defaults
from smallprint.errors import StoreError

ResponseMode = Literal["auto", "tools", "json_schema", "json"]


class Settings(BaseSettings):
    """Read from SMALLPRINT_* variables and the provider's own OPENAI_* ones; reading creates nothing on disk."""

    model_config = SettingsConfigDict(
        env_prefix="SMALLPRINT_",
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
        frozen=True,  # and so hashable: what is opened from settings is shared by all that have equal ones
    )

    home: Path = Path(".smallprint")
    database_url: str | None = None  # SQLAlchemy URL; default: SQLite inside home
    model: str = defaults.MODEL
    base_url: str | None = None  # of a server that speaks the OpenAI protocol
    api_key: SecretStr | None = None  # for the model's server, wherever it is
    # The provider's own pair: the key goes to the provider's address and to no other.
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    api_version: str | None = None  # Azure OpenAI only; setting it selects the Azure client
    response_mode: ResponseMode = "auto"
    fallback_model: str | None = None
    timeout: float = Field(defaults.TIMEOUT_SECONDS, gt=0)
    concurrency: int = Field(defaults.CONCURRENCY, ge=1)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    max_attempts: int = Field(6, ge=1)  # per call, first try included
    window_tokens: int = Field(6000, ge=100)  # document tokens per model call, at most
    max_output_tokens: int = Field(16_000, ge=100)
    temperature: float | None = 0.0
    language: str = "English"  # of what a model writes, as a name
    input_price: float | None = None  # USD a million tokens, for models that the price table does not know
    output_price: float | None = None
    secret: SecretStr | None = (
        None  # behind the marks around document text; default: generated once and stored in home/secret
    )
    blind_share: float = Field(0.0, ge=0, le=1)  # of the drafts: read twice at the review desk, the second time blind
    webhook_url: str | None = None  # where the review desk posts approvals
    webhook_secret: SecretStr | None = None  # signs them
    oidc_issuer: str | None = None  # an OpenID provider that people of the review desk sign in at
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_role: Literal["read-only", "reviewer", "lead", "admin"] | None = None  # of newcomers; None: they are refused
    oidc_label: str = "your organization"  # on the button
    fetch_timeout: float = 30.0  # seconds for a whole capture
    render_sandbox: bool = True  # of the browser; only where no stranger's page is rendered may it be off
    fetch_max_bytes: int = 50_000_000
    parse_seconds: float = Field(120.0, gt=0)  # of processor time to read one document; chosen by eye, generously
    parse_megabytes: int = Field(1000, ge=100)  # of memory to read one document
    wayback_url: str = "https://web.archive.org"
    wayback_api_url: str = "https://archive.org"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the settings file that a person named."""
        path = settings_file()
        named = (DotEnvSettingsSource(settings_cls, env_file=path),) if path else ()
        return init_settings, env_settings, *named

    @property
    def model_key(self) -> SecretStr | None:
        """The key that model calls carry: ours, else the provider's own where the address is the provider's own."""
        if self.api_key is not None:
            return self.api_key
        return self.openai_api_key if self.base_url in (None, self.openai_base_url) else None

    @property
    def server_url(self) -> str | None:
        """The address of the model's server; None for the provider's public one."""
        return self.base_url or self.openai_base_url

    @property
    def sqlalchemy_url(self) -> str:
        """The database: as configured, else the SQLite file of the workspace."""
        return self.database_url or f"sqlite:///{self.home / 'smallprint.db'}"

    @property
    def snapshots(self) -> Path:
        """Where captured bytes live, content-addressed."""
        return self.home / "snapshots"


def settings_file() -> Path | None:
    """The settings file that a person named; None without one. A missing file is an error of whoever reads it."""
    named = os.environ.get("SMALLPRINT_SETTINGS")
    if named:
        return Path(named)
    home = os.environ.get("SMALLPRINT_HOME")
    beside = Path(home) / "settings.env" if home else None
    return beside if beside and beside.is_file() else None


def ignored_settings_file() -> Path | None:
    """A ``.env`` in the current folder that looks as if it were meant for us and is not read; None without one."""
    path = Path(".env")
    named = settings_file()
    if named is not None and named.exists() and path.exists() and named.samefile(path):
        return None
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return path if any(line.lstrip().startswith(("SMALLPRINT_", "OPENAI_")) for line in lines) else None


def workspace_secret(settings: Settings) -> bytes:
    """The workspace's secret: as configured, else the one in ``home/secret``, made on first use for its owner only."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = settings.home / "secret"
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes().strip()
        if not secret:
            raise StoreError(
                f"{path} is empty, so that marks could be forged; remove it, and a new one is made"
            ) from None
        return secret
    with os.fdopen(descriptor, "w") as file:
        file.write(token_hex(32))
    return path.read_bytes().strip()
