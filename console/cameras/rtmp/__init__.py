"""RTMP read by Cuedrop itself, for libVLC to play at once: pictures are on the screen two seconds sooner."""
