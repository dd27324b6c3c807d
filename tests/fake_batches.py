"""The files and batches endpoints of the fake server."""

import json
from collections.abc import Callable


class Batches:
    """The files and batches endpoints; a batch is done when it has been looked at ``looks`` times.

    Attributes:
        sent: the requests of each batch, by its id.
        end: the status that batches come to; with "expired" half of the next one is answered.

    """

    def __init__(self, execute: Callable[[dict], tuple[int, dict] | None]) -> None:
        self.execute = execute
        self.looks = 2
        self.end = "completed"
        self.problem = ""
        self.files: dict[str, bytes] = {}
        self.known: dict[str, dict] = {}
        self.sent: dict[str, list[dict]] = {}

    def respond(self, method: str, path: str, body: bytes) -> dict | bytes:
        parts = path.strip("/").split("/")[1:]
        if method == "POST" and parts == ["files"]:
            return self._keep(_part_of_form(body))
        if method == "GET" and parts[0] == "files":
            return self.files[parts[1]]
        if method == "POST":
            return self._start(json.loads(body))
        if len(parts) == 1:
            data = list(reversed(self.known.values()))
            return {"object": "list", "data": data, "has_more": False}
        return self._look(parts[1])

    def _keep(self, content: bytes) -> dict:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        file = {"id": name, "object": "file", "bytes": len(content), "created_at": 0, "filename": "x.jsonl"}
        return {**file, "purpose": "batch", "status": "processed"}

    def _start(self, asked: dict) -> dict:
        name = f"batch-{len(self.known)}"
        self.sent[name] = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        self.known[name] = {
            "id": name, "object": "batch", "endpoint": asked["endpoint"], "input_file_id": asked["input_file_id"],
            "completion_window": "24h", "status": "validating", "created_at": 0, "metadata": asked.get("metadata"),
            "looks": 0,
        }  # fmt: skip
        return self.known[name]

    def _look(self, name: str) -> dict:
        batch = self.known[name]
        batch["looks"] += 1
        if batch["looks"] == 1:
            batch["status"] = "in_progress"
        elif batch["looks"] >= self.looks and batch["status"] == "in_progress":
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
        done = requests if end == "completed" else requests[: len(requests) // 2]
        good, bad = [], []
        for request in requests:
            reply = self.execute(request["body"]) if request in done else None
            line = {"status_code": reply[0], "request_id": "q", "body": reply[1]} if reply else None
            error = None if line else {"code": "batch_expired", "message": "not executed before the end"}
            result = {"id": "r", "custom_id": request["custom_id"], "response": line, "error": error}
            (good if line and line["status_code"] == 200 else bad).append(json.dumps(result).encode())
        batch["output_file_id"] = self._keep(b"\n".join(good))["id"] if good else None
        batch["error_file_id"] = self._keep(b"\n".join(bad))["id"] if bad else None


def _part_of_form(body: bytes) -> bytes:
    """The file in a multipart form."""
    boundary = body.split(b"\r\n", 1)[0]
    part = next(part for part in body.split(boundary) if b"filename=" in part)
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
