"""What pages say of an Engine's machine: how much of it is seen, its traffic in figures and lines, and where a link stands."""
