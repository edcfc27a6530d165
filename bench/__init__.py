"""Measurements as ratios: both sides in one run, beside an A-versus-A floor that says how much is noise."""
