"""The record of what people did: written here alone, and kept outside by file or syslog."""
