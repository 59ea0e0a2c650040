"""The Interfaces page: every link of an Engine's machine, what it is for, and what goes over it."""
