"""Learning from events: what is known to have happened, its likelihood, and what follows from it."""
