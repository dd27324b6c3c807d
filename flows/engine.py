"""Prefect, made quiet and local: must be called before anything imports prefect."""

import os
import sys
from pathlib import Path


def prepare_prefect(home: Path) -> None:
    """Point Prefect at the workspace and keep its lines off the user's screen; what the user has set stays.

    With PREFECT_API_URL set, runs are recorded by that server, and its pages show them live. Without it a
    temporary server runs beside us and keeps its history in ``home/prefect``; opening that folder with
    ``PREFECT_HOME=home/prefect prefect server start`` shows past runs.

    Raises:
        RuntimeError: prefect was imported before, so that the settings would not count.

    """
    if "prefect" in sys.modules and "PREFECT_HOME" not in os.environ:
        raise RuntimeError("prepare_prefect must run before prefect is imported")
    folder = (home / "prefect").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {
        "PREFECT_HOME": str(folder),
        # Prefect's own usage statistics: one switch for its server, one for its library.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        # A cold first start migrates Prefect's own database, which slow disks take long for.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
        # Services for schedules and notifications, which a temporary server has no use for.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
