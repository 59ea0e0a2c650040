"""The snapshot: what memory holds, what differs, and the writer of its rows."""
