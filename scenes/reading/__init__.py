"""What OBS holds, read whole once and then by event."""
