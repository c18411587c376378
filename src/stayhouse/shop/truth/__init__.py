"""What no model may read: probabilities, rates and counts as they really are."""
