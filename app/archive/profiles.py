"""Profiles: which fields of a record an edition shows, taken out before anything is rendered."""

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from app.archive.edition import Edition, RecordPage
from smallprint.errors import UserError
from smallprint.records import Draft

GatedField = Literal["why_it_matters", "enforcement_risk", "due_diligence", "factor_reasons", "framework_reasons"]


class Profile(BaseModel):
    """Who an edition is for and what it leaves out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: str
    leaves_out: tuple[GatedField, ...]


@cache
def load_profiles() -> dict[str, Profile]:
    """The profiles of ``profiles.yml``; raises pydantic.ValidationError where it names a field that cannot be gated."""
    text = files("app.archive").joinpath("profiles.yml").read_text(encoding="utf-8")
    return {name: Profile.model_validate(body) for name, body in yaml.safe_load(text)["profiles"].items()}


def project(edition: Edition, name: str) -> Edition:
    """The edition as a profile shows it.

    Raises:
        UserError: there is no such profile.

    """
    profile = load_profiles().get(name)
    if profile is None:
        raise UserError(f"there is no profile {name!r}; choose from {', '.join(load_profiles())}")
    records = tuple(_project_record(record, profile) for record in edition.records)
    return edition.model_copy(update={"profile": name, "records": records})


def _project_record(record: RecordPage, profile: Profile) -> RecordPage:
    wordings = tuple(
        wording.model_copy(update={"draft": _project_draft(wording.draft, profile)}) for wording in record.wordings
    )
    return record.model_copy(update={"wordings": wordings})


def _project_draft(draft: Draft, profile: Profile) -> Draft:
    update: dict[str, Any] = {}
    for field in profile.leaves_out:
        if field == "framework_reasons":
            update["frameworks"] = tuple(law.model_copy(update={"why": ""}) for law in draft.frameworks)
        elif field == "factor_reasons":
            update[field] = {}
        elif field == "due_diligence":
            update[field] = ()
        else:
            update[field] = ""
    return draft.model_copy(update=update)
