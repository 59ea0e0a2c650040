"""What a person asks of an Engine: one module per noun, one function per verb."""
