"""Rules: what a staged plan must keep, measured, with remedies that have been tried. Start at `check`."""
