"""The pages that take something away, each after what that breaks (rule S14): remove, disconnect, prune."""
