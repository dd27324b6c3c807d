"""The temporary Prefect server of a run, a process that ends when its parent does: ``python -m flows.server PORT``."""

import os
import signal
import sys
import threading


def _end_with_parent() -> None:
    # The parent holds the other end of our standard input and never writes: an end means that it is gone.
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve Prefect's API on 127.0.0.1 until terminated."""
    import uvicorn

    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        lifespan="on",
    )


if __name__ == "__main__":
    main()
