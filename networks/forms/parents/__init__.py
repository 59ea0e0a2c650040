"""What macvlan and ipvlan networks stand on: the machine's links to choose from, and what is to be said of the chosen one."""
