"""How many take each step of a funnel, whatever they are divided by."""

from app.published import Published


def show(published: Published) -> None:
    """Show it."""
