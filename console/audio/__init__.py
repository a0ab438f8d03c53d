"""Sound: the engine in its own process, meters, mix-minus. The console's side never touches a device."""
