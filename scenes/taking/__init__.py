"""Takes: asked, guarded, sent, waiting, proved; SAFE, the T-bar, black."""
