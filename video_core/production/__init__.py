"""From an agreed plan to the files of a film."""
