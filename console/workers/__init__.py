"""Worker processes: one supervisor, heartbeats, shared rings."""
