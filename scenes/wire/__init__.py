"""One connection to OBS: the websocket, calls and events, meters."""
