"""Stream, recording, replay buffer, virtual camera, and how well OBS works."""
