"""ZIP packages looked at as they pass: whether one may be opened is known at its end, and nothing of it is kept."""
