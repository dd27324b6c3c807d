"""The review desk: server-rendered pages over ``smallprint.desk_store``; works without JavaScript."""
