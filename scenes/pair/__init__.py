"""One OBS, or two in lockstep."""
