"""How a run is carried out, as plain values that any process with the same settings can act on."""

from pydantic import SecretStr

from extractors.layout import Options
from smallprint.records import Noun
from smallprint.settings import Settings


class RunOptions(Noun):
    """What a command or a deployment says of a run, over the settings of the process that reads its documents."""

    model: str | None = None  # this and the next three: None leaves it to the settings
    base_url: str | None = None
    timeout: float | None = None  # seconds per model call
    concurrency: int | None = None  # model calls in flight
    budget: float | None = None  # USD; None is no bound
    failed_only: bool = False  # read what failed, and leave alone what was never begun or lies over the budget
    by_batch: bool = False  # ask through the provider's batch service
    password: SecretStr | None = None  # Prefect records a flow's parameters; this one it must not show
    ocr: bool = False
    allow_private: bool = False
    ignore_robots: bool = False
    wayback: bool = False
    wayback_save: bool = False
    render: bool = False

    def settings(self) -> Settings:
        """The settings of this process, with what the run says over them.

        Raises:
            ValidationError: a value that its setting cannot take.

        """
        stated = self.model_dump(include={"model", "base_url", "timeout", "concurrency"}, exclude_none=True)
        return Settings.model_validate({**Settings().model_dump(), **stated})

    def reading(self) -> Options:
        """How documents are fetched and opened."""
        return Options(
            password=self.password.get_secret_value() if self.password else None,
            ocr=self.ocr,
            allow_private=self.allow_private,
            ignore_robots=self.ignore_robots,
            wayback=self.wayback,
            wayback_save=self.wayback_save,
            render=self.render,
        )
