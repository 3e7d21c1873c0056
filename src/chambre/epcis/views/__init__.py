"""Pages for people: what happened, to what, how captures went, who is told."""
