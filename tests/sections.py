"""Pages that commands write, section by section."""

import re


def with_section(page: str, section: str) -> str:
    """Return a page of sections with one put in the place of that of its name, or at the end."""
    head, *parts = re.split(r"(?m)^(?=## )", page)
    titles = [part.splitlines()[0] for part in parts]
    section = section.strip() + "\n"
    title = section.splitlines()[0]
    if title in titles:
        parts[titles.index(title)] = section
    else:
        parts.append(section)
    return "\n".join(part.strip() + "\n" for part in (head, *parts))
