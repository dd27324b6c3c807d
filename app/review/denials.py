"""Why a request is not answered as asked: this visitor may not, the thing is not there, or nobody is signed in."""

from app.review.posted_form import FormFields


class DeniedError(Exception):
    """A request that is refused with a sentence for the visitor; ``status`` is the response's."""

    def __init__(self, sentence: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class SignInNeededError(Exception):
    """Nobody is signed in (any more); what was posted comes back after signing in."""

    def __init__(self, path: str, fields: FormFields) -> None:
        super().__init__(path)
        self.path, self.fields = path, fields
