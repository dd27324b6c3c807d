"""The review desk: server-rendered pages over ``smallprint.store``; works without JavaScript."""
