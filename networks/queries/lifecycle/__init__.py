"""A container through its life: whose stack it has, what an order or a removal takes from it and from others."""
