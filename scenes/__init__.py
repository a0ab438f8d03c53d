"""What is on air: the switcher's model, proof of take, the link to OBS Studio."""
