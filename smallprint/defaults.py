"""Defaults that settings and help texts share; importing them loads nothing, so that help comes at once."""

MODEL = "offline"
TIMEOUT_SECONDS = 240.0  # per model call; a full answer at 30 tokens a second takes 200
CONCURRENCY = 8  # model calls in flight
DESK_HOST, DESK_PORT = "127.0.0.1", 8765  # where the review desk listens
