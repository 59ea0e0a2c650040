"""How bytes travel to an Engine and back: sockets, total deadlines, the allow-list, the event stream."""
