"""What an Engine's refusals mean: at which field, why, and what helps."""
