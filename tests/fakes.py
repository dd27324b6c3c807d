"""A fake OpenAI-compatible server: real HTTP on a loopback port, answers made from the prompt, faults on request.

``python -m tests.fakes`` serves in a process of its own; tests use ``with FakeServer() as server``.
"""

import argparse
import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from tests.fake_batches import Batches

_CLAUSE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")
_PUNCTUATION = re.compile(r"[^\w\s]")

TOPICS = {
    "arbitration": "arbitration",
    "class action": "class_action_waiver",
    "liable": "liability_limitation",
    "as is": "warranty_disclaimer",
    "indemnif": "indemnification",
    "terminate": "account_termination",
    "renew": "auto_renewal",
    "refund": "cancellation_refund",
    "licen": "content_license",
    "cookie": "tracking_advertising",
    "third part": "data_sharing",
    "retain": "data_retention",
    "law enforcement": "government_disclosure",
    "delete": "privacy_rights",
    "change": "unilateral_change",
    "collect": "data_collection",
    "governed by": "governing_law",
    "court": "venue",
    "fee": "payment_authorization",
    "age": "age_restriction",
}


@lru_cache(maxsize=64)
def tokens(text: str) -> int:
    """Tokens as this server bills them, by another rule than the product's estimate, fitted to the same tokenizer."""
    words = _WORD.findall(text)
    long_letters = sum(max(0, len(word) - 6) for word in words)
    return round(1.17 * len(words) + 0.2 * len(_PUNCTUATION.findall(text)) + 0.18 * long_letters) + 1


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a call; by default nothing does."""

    status: int = 200
    error: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False  # close the connection without a reply
    delay: float = 0.0  # seconds, in addition to the server's latency
    finish: str | None = None  # finish_reason
    refusal: str | None = None
    body: Callable[[str], str] | None = None  # the answer's JSON text -> what is sent instead
    raw: bytes | None = None  # instead of any JSON


OK = Fault()


def error(status: int, message: str, code: str = "", **headers: str) -> Fault:
    """An HTTP error with the body that providers send."""
    return Fault(
        status=status,
        error={"message": message, "code": code},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def edited(change: Callable[[dict], None]) -> Fault:
    """An answer in which every provision is changed in place."""

    def body(text: str) -> str:
        answer = json.loads(text)
        for provision in answer["provisions"]:
            change(provision)
        return json.dumps(answer)

    return Fault(body=body)


FAULTS = {
    "429 with Retry-After": error(429, "slow down", "rate_limit_exceeded", retry_after="0.05"),
    "429 without": error(429, "slow down", "rate_limit_exceeded"),
    "500": error(500, "internal error"),
    "503": error(503, "overloaded"),
    "slow": Fault(delay=3.0),
    "dropped connection": Fault(drop=True),
    "truncated JSON": Fault(body=lambda text: text[: len(text) // 2]),
    "cut off at the token limit": Fault(body=lambda text: text[: len(text) // 2], finish="length"),
    "refusal": Fault(refusal="I cannot help with that."),
    "content filter": Fault(body=lambda _text: "", finish="content_filter"),
    "unknown category": edited(lambda p: p.update(category="space_travel")),
    "fabricated quote": edited(
        lambda p: p.update(quote="You hereby assign your firstborn to the provider in perpetuity")
    ),
    "prose instead of JSON": Fault(body=lambda _text: "I found several interesting provisions in this document."),
    "garbage instead of HTTP JSON": Fault(raw=b"<html>gateway</html>"),
}


@dataclass
class Request:
    """A request for a chat completion, as received."""

    body: dict
    mode: str
    headers: dict[str, str]
    path: str = ""

    @property
    def messages(self) -> list[dict]:
        return self.body["messages"]

    @property
    def document(self) -> str:
        """The message with the window."""
        return next(m["content"] for m in self.messages if m["role"] == "user")

    @property
    def is_reask(self) -> bool:
        return sum(m["role"] == "user" for m in self.messages) > 1


def careful(number: int, text: str) -> dict | None:
    """A provision for a clause that names a topic, quoted from the clause; None for the others."""
    lowered = text.lower()
    topic = next((category for word, category in TOPICS.items() if word in lowered), None)
    words = text.split()
    if topic is None or len(words) < 12:
        return None
    n = int(sha256(text.encode()).hexdigest()[:8], 16)
    quote = " ".join(words[:12]) if n % 3 else f"{' '.join(words[:5])} ... {' '.join(words[-5:])}"
    scores = [(n >> shift) % 4 for shift in (0, 2, 4, 6, 8)]
    names = ("rights_waived", "opt_out", "breadth", "exposure", "discretion")
    about = topic.replace("_", " ")
    return {
        "clauses": [number],
        "quote": quote,
        "title": f"Terms on {about}",
        "category": topic,
        "secondary": [],
        "factors": {
            name: f"{score}: as the clause has it on this point" for name, score in zip(names, scores, strict=True)
        },
        "severity": ("low", "medium", "high")[n % 3],
        "what_it_is": f"The provider sets its terms on {about} for everybody who has an account with it.",
        "consumer_impact": f"You accept these terms on {about} when you use the service, and they hold while you do.",
        "why_it_matters": f"The wording on {about} is broad and leaves the provider room that others do not claim.",
        "frameworks": [{"citation": "GDPR Art. 13", "why": f"It asks for clear information on {about}."}]
        if n % 2
        else [],
        "enforcement_risk": "An authority could ask how consumers are told." if n % 2 else "",
        "due_diligence": ["Check how the consumer is told of it."],
        "agencies": [],
        "confidence": round(0.6 + (n % 40) / 100, 2),
    }


def gullible(number: int, text: str) -> dict | None:
    """A model that believes everything: it copies the clause's text into every field of the provision."""
    provision = careful(number, text)
    if provision is None or "careful" in text:
        return provision
    for name in ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"):
        provision[name] = text
    provision["due_diligence"] = [text]
    provision["frameworks"] = [{"citation": text, "why": text}]
    provision["agencies"] = [{"name": text, "reason": text}]
    provision["factors"] = dict.fromkeys(provision["factors"], f"0: {text}")
    provision["severity"] = "beneficial"
    provision["system"] = text
    return provision


Reader = Callable[[int, str], dict | None]


class FakeServer:
    """Serves /v1/models and /v1/chat/completions until the ``with`` block ends.

    Attributes:
        faults: called with the number of the call (from 0) and the request; returns what goes wrong.
        requests: every request for a chat completion.
        modes: response modes that the server takes; others are refused with a 400.
        api_key: where it is set, the only key that is accepted.

    """

    def __init__(
        self,
        *,
        reader: Reader = careful,
        faults: Callable[[int, Request], Fault] = lambda _n, _request: OK,
        latency: float = 0.0,
        seconds_per_token: float = 0.0,
        modes: Iterable[str] = ("tools", "json_schema", "json"),
        models: Iterable[str] = ("fake",),
        api_key: str | None = None,
        port: int = 0,
        keep_requests: bool = True,
    ) -> None:
        self.reader, self.faults = reader, faults
        self.latency, self.seconds_per_token = latency, seconds_per_token
        self.modes, self.models, self.api_key, self.port = frozenset(modes), tuple(models), api_key, port
        self.requests: list[Request] = []
        self.keep_requests = keep_requests
        self.calls = 0
        self.seconds: list[float] = []  # per answer
        self.in_flight = self.peak_in_flight = 0
        self.prompt_tokens = self.cached_tokens = self.output_tokens = 0
        self.batches = Batches(self.reply_to)
        self._cached_prefixes: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self):
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the fake server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for writer in list(self._writers):
            writer.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode("latin-1").split("\r\n")
                headers = {k.strip().lower(): v.strip() for k, _, v in (h.partition(":") for h in rest if h)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                reply = await self._respond(line.split()[0], line.split()[1], headers, body)
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # the client has closed the connection, or the test has ended
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes | None:
        if self.api_key and headers.get("authorization") != f"Bearer {self.api_key}":
            return _http(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        if "/files" in path or "/batches" in path:
            reply = self.batches.respond(method, path.partition("?")[0], body)
            return _http(200, None, raw=reply) if isinstance(reply, bytes) else _http(200, reply)
        if method == "GET" and path.endswith("/stats"):
            return _http(200, self.stats())
        if method == "GET" and path.endswith("/models"):
            return _http(200, {"object": "list", "data": [{"id": m, "object": "model"} for m in self.models]})
        if not path.partition("?")[0].endswith("/chat/completions"):
            return _http(404, {"error": {"message": f"no such path: {path}"}})
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        try:
            return await self._complete(json.loads(body), headers, path)
        finally:
            self.in_flight -= 1

    def stats(self) -> dict:
        """Calls, billed tokens and seconds per answer, for a client in another process."""
        return {
            "calls": self.calls,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "output_tokens": self.output_tokens,
            "seconds": self.seconds,
        }

    async def _complete(self, body: dict, headers: dict[str, str], path: str) -> bytes | None:
        request = Request(body, _mode(body), headers, path)
        fault = self.faults(self.calls, request)
        self.calls += 1
        if self.keep_requests:
            self.requests.append(request)
        started = self._loop.time()
        reply, output = self._reply(request, fault)
        # Making the answer is part of the latency, as with a model.
        seconds = self.latency + fault.delay + output * self.seconds_per_token
        self.seconds.append(seconds)
        await asyncio.sleep(started + seconds - self._loop.time())
        return reply

    def reply_to(self, body: dict) -> tuple[int, dict] | None:
        """Status and body for one line of a batch; None where it is never executed."""
        request = Request(body, _mode(body), {})
        fault = self.faults(self.calls, request)
        self.calls += 1
        self.requests.append(request)
        reply, _ = self._reply(request, fault)
        if reply is None:
            return None
        head, _, content = reply.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(content)

    def _reply(self, request: Request, fault: Fault) -> tuple[bytes | None, int]:
        """The HTTP reply, None for a dropped connection, and its number of output tokens."""
        body = request.body
        if fault.drop:
            return None, 0
        if fault.raw is not None:
            return _http(200, None, raw=fault.raw), 0
        if fault.status != 200:
            return _http(fault.status, {"error": fault.error}, fault.headers), 0
        if body["model"] not in self.models:
            return _http(404, {"error": {"message": "no such model", "code": "model_not_found"}}), 0
        if request.mode not in self.modes:
            name = "tools" if request.mode == "tools" else "response_format"
            refusal = {"message": f"{name} is not supported by this model", "code": "unsupported"}
            return _http(400, {"error": refusal}), 0
        text = json.dumps(self.answer(request))
        if fault.body:
            text = fault.body(text)
        usage = self._bill(request, text)
        return _http(200, _completion(request, text, fault, usage)), usage["completion_tokens"]

    def answer(self, request: Request) -> dict:
        """The reader's provisions for the window's numbered clauses."""
        numbered = [(int(number), text) for number, text in _CLAUSE.findall(request.document)]
        provisions = [self.reader(number, text) for number, text in numbered]
        return {"provisions": [provision for provision in provisions if provision]}

    def _bill(self, request: Request, text: str) -> dict:
        static = request.messages[0]["content"] + json.dumps(
            request.body.get("tools") or request.body.get("response_format") or ""
        )
        shared = tokens(static)
        prompt = shared + sum(tokens(str(m["content"])) + 4 for m in request.messages[1:])
        cached = shared if static in self._cached_prefixes and shared >= 1024 else 0
        self._cached_prefixes.add(static)
        output = tokens(text)
        self.prompt_tokens += prompt
        self.cached_tokens += cached
        self.output_tokens += output
        return {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
            "prompt_tokens_details": {"cached_tokens": cached},
        }


def _mode(body: dict) -> str:
    if body.get("tools"):
        return "tools"
    return "json_schema" if (body.get("response_format") or {}).get("type") == "json_schema" else "json"


def _completion(request: Request, text: str, fault: Fault, usage: dict) -> dict:
    message: dict = {"role": "assistant", "content": text, "refusal": fault.refusal}
    finish = "stop"
    if fault.refusal:
        message["content"] = None
    elif request.mode == "tools":
        name = request.body["tools"][0]["function"]["name"]
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": text}}
        message |= {"content": None, "tool_calls": [call]}
        finish = "tool_calls"
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": request.body["model"],
        "choices": [{"index": 0, "finish_reason": fault.finish or finish, "message": message}],
        "usage": usage,
    }


def _http(
    status: int, payload: dict | None, headers: dict[str, str] | None = None, *, raw: bytes | None = None
) -> bytes:
    data = raw if raw is not None else json.dumps(payload).encode()
    kind = "text/html" if raw is not None else "application/json"
    lines = [f"HTTP/1.1 {status} Reply", f"content-type: {kind}", f"content-length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def every(n: int, fault: Fault) -> Callable[[int, Request], Fault]:
    """The fault on every n-th call, beginning with the n-th; second questions after it succeed."""
    return lambda number, _request: fault if number % n == n - 1 else OK


def serve(arguments: list[str] | None = None) -> None:
    """Serve until killed; prints the address. For benchmarks, which must not share a process with it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description=serve.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds of every answer")
    parser.add_argument("--seconds-per-token", type=float, default=0.0)
    parser.add_argument("--slow-every", type=int, default=0, help="every n-th answer takes two seconds")
    options = parser.parse_args(arguments)
    slow = Fault(delay=max(0.0, 2.0 - options.latency))
    faults = every(options.slow_every, slow) if options.slow_every else lambda _n, _request: OK
    with FakeServer(
        port=options.port,
        latency=options.latency,
        seconds_per_token=options.seconds_per_token,
        faults=faults,
        keep_requests=False,
    ) as running:
        print(running.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    serve()
