"""The record on its way out of the machine: a line for each action and outcome, in a chain, to a file or a syslog receiver."""
