"""A second Engine of Netadmin's own on this machine, to try the switcher with."""
