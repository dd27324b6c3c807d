"""The files and batches endpoints of the fake server."""

import json
from collections.abc import Callable


class Batches:
    """The files and batches endpoints; a batch ends when it has been polled ``polls`` times.

    Attributes:
        sent: the requests of each batch, by the batch's id.
        end: the status with which batches end; with "expired", only half of the next one is answered.

    """

    def __init__(self, execute: Callable[[dict], tuple[int, dict] | None]) -> None:
        self.execute = execute
        self.polls = 2
        self.end = "completed"
        self.problem = ""
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict] = {}
        self.sent: dict[str, list[dict]] = {}

    def respond(self, method: str, path: str, body: bytes) -> dict | bytes:
        parts = path.strip("/").split("/")[1:]
        if method == "POST" and parts == ["files"]:
            return self._add_file(_part_of_form(body))
        if method == "GET" and parts[0] == "files":
            return self.files[parts[1]]
        if method == "POST":
            return self._start(json.loads(body))
        if len(parts) == 1:
            data = list(reversed(self.batches.values()))
            return {"object": "list", "data": data, "has_more": False}
        return self._poll(parts[1])

    def _add_file(self, content: bytes) -> dict:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        file = {"id": name, "object": "file", "bytes": len(content), "created_at": 0, "filename": "x.jsonl"}
        return {**file, "purpose": "batch", "status": "processed"}

    def _start(self, request: dict) -> dict:
        name = f"batch-{len(self.batches)}"
        self.sent[name] = [json.loads(line) for line in self.files[request["input_file_id"]].splitlines()]
        self.batches[name] = {
            "id": name, "object": "batch", "endpoint": request["endpoint"], "input_file_id": request["input_file_id"],
            "completion_window": "24h", "status": "validating", "created_at": 0, "metadata": request.get("metadata"),
            "polls": 0,
        }  # fmt: skip
        return self.batches[name]

    def _poll(self, name: str) -> dict:
        batch = self.batches[name]
        batch["polls"] += 1
        if batch["polls"] == 1:
            batch["status"] = "in_progress"
        elif batch["polls"] >= self.polls and batch["status"] == "in_progress":
            self._finish(batch)
        return batch

    def _finish(self, batch: dict) -> None:
        batch["status"] = end = self.end
        if end == "expired":
            self.end = "completed"
        if end == "failed":
            batch["errors"] = {"object": "list", "data": [{"code": "invalid", "message": self.problem}]}
            return
        requests = self.sent[batch["id"]]
        executed = requests if end == "completed" else requests[: len(requests) // 2]
        outputs, errors = [], []
        for request in requests:
            reply = self.execute(request["body"]) if request in executed else None
            response = {"status_code": reply[0], "request_id": "q", "body": reply[1]} if reply else None
            error = None if response else {"code": "batch_expired", "message": "not executed before the end"}
            result = {"id": "r", "custom_id": request["custom_id"], "response": response, "error": error}
            (outputs if response and response["status_code"] == 200 else errors).append(json.dumps(result).encode())
        batch["output_file_id"] = self._add_file(b"\n".join(outputs))["id"] if outputs else None
        batch["error_file_id"] = self._add_file(b"\n".join(errors))["id"] if errors else None


def _part_of_form(body: bytes) -> bytes:
    """The content of the file in a multipart form."""
    boundary = body.split(b"\r\n", 1)[0]
    part = next(part for part in body.split(boundary) if b"filename=" in part)
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
