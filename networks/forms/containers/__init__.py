"""Forms of containers: run one, give orders to one or several, move one, keep an address."""
