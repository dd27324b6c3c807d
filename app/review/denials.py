"""Errors that a page of their own answers: a refusal, an unknown draft or document, a session that has ended."""

from app.review.posted_form import FormFields


class DeniedError(Exception):
    """A request that is refused with a sentence for the visitor; ``status`` is the response's."""

    def __init__(self, sentence: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class SignInNeededError(Exception):
    """There is no session, or it has ended; the posted form comes back after signing in."""

    def __init__(self, path: str, fields: FormFields) -> None:
        super().__init__(path)
        self.path, self.fields = path, fields
