"""What would go wrong with what is asked for, found before the Engine is asked: findings, each with its sentence."""
