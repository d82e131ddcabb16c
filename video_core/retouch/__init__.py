"""A part of a finished film drawn again."""
