"""The host's side of an Engine, kept in memory by the process that follows it: links, who is at their far end, traffic."""
