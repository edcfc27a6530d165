"""HTTP: parse, authorise, call one thing, render."""
