"""What the activity says of an action beside its sentence for every verb."""
