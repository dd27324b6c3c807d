"""The errors that Smallprint raises, and the policy that tells expected ones from fatal ones.

| class | who is at fault | what happens |
|---|---|---|
| DocumentError | one document (empty, encrypted, unreachable ...) | recorded, shown, the batch goes on; exit code 1 |
| UserError | the command line, a manifest, the configuration | one line that says what to do; exit code 2 |
| ModelStopError | the model's account or address (401, 403, 404) | the run stops, finished work is kept; exit code 2 |
| RegistryError, StoreError | the installation | stop at once; exit code 2 |

Nothing else is caught on the way to the user: an unknown exception is a bug and keeps its traceback. In a batch it is
kept in the workspace's ``failures`` folder, the document counts as failed, and the others go on.
"""


class SmallprintError(Exception):
    """Base of everything below; its text is one sentence for the user."""

    exit_code = 2


class UserError(SmallprintError):
    """A mistake that the user can correct; the text says how."""


class RegistryError(SmallprintError):
    """A registry file that does not hold together; names file and key so that a lawyer can mend it."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"registry: {file}: {key}: {problem}")
        self.file, self.key, self.problem = file, key, problem


class StoreError(SmallprintError):
    """The database cannot be opened, migrated or written."""


class ModelStopError(SmallprintError):
    """The model's server refuses us for a reason that no retry mends (key, permission, model name)."""


class DocumentError(SmallprintError):
    """One document that cannot be read, expectedly.

    Attributes:
        code: stable, snake_case, for machines: "empty", "encrypted", "malformed", "scanned", "unsupported_type", ...
        detail: what is wrong, for people.
        advice: what the user can do about it; may be empty.
        transient: whether trying again later may help.

    """

    exit_code = 1

    def __init__(self, code: str, detail: str, *, advice: str = "", transient: bool = False) -> None:
        super().__init__(f"{detail}{'; ' if advice else ''}{advice}")
        self.code, self.detail, self.advice, self.transient = code, detail, advice, transient
