"""Qt views: they show and ask, and never decide."""
