"""The provider's files and batches endpoints, as the batch queue uses them."""

from classifiers.model.batches import BatchState
from classifiers.model.llm import ModelClient

_METADATA_KEY = "smallprint"  # under which a batch carries its digest


class ProviderBatches:
    """The batches of one model's server, through its client and with its key."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client

    async def send(self, lines: bytes, digest: str) -> str:
        """Upload a file of requests and start a batch of it; returns the batch's id."""
        sdk = self._client.sdk
        name = f"{_METADATA_KEY}-{digest}.jsonl"
        file = await self._client.classify_errors(sdk.files.create(file=(name, lines), purpose="batch"))
        batch = await self._client.classify_errors(
            sdk.batches.create(
                input_file_id=file.id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_METADATA_KEY: digest},
            )
        )
        return batch.id

    async def find(self, digest: str) -> str | None:
        """The id of the batch with this digest, if it is among the newest hundred."""
        page = await self._client.classify_errors(self._client.sdk.batches.list(limit=100))
        return next((batch.id for batch in page.data if (batch.metadata or {}).get(_METADATA_KEY) == digest), None)

    async def poll(self, batch: str) -> BatchState:
        """The batch's present state."""
        response = await self._client.classify_errors(self._client.sdk.batches.retrieve(batch))
        problems = response.errors.data if response.errors and response.errors.data else []
        return BatchState(
            status=response.status,
            output_file=response.output_file_id,
            error_file=response.error_file_id,
            problem="; ".join(problem.message or "" for problem in problems)[:300],
        )

    async def content(self, file: str) -> str:
        """A result file, as text."""
        return (await self._client.classify_errors(self._client.sdk.files.content(file))).text
