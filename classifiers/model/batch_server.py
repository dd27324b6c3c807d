"""The provider's files and batches endpoints, as the batch desk wants them."""

from classifiers.model.batches import BatchState
from classifiers.model.llm import Caller

_NAME = "smallprint"  # of the metadata by which a batch is found again


class ProviderBatches:
    """Batches of one caller's server, with its client and key."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def send(self, lines: bytes, mark: str) -> str:
        """Upload a file of requests and start a batch of it."""
        client = self._caller.client
        name = f"{_NAME}-{mark}.jsonl"
        file = await self._caller.guarded(client.files.create(file=(name, lines), purpose="batch"))
        batch = await self._caller.guarded(
            client.batches.create(
                input_file_id=file.id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_NAME: mark},
            )
        )
        return batch.id

    async def find(self, mark: str) -> str | None:
        """The newest batches are looked through for the mark."""
        page = await self._caller.guarded(self._caller.client.batches.list(limit=100))
        return next((batch.id for batch in page.data if (batch.metadata or {}).get(_NAME) == mark), None)

    async def look(self, batch: str) -> BatchState:
        """How far it is."""
        said = await self._caller.guarded(self._caller.client.batches.retrieve(batch))
        problems = said.errors.data if said.errors and said.errors.data else []
        return BatchState(
            status=said.status,
            output_file=said.output_file_id,
            error_file=said.error_file_id,
            problem="; ".join(problem.message or "" for problem in problems)[:300],
        )

    async def content(self, file: str) -> str:
        """A result file, as text."""
        return (await self._caller.guarded(self._caller.client.files.content(file))).text
