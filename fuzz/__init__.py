"""Coverage-guided fuzzing: `python -m fuzz.run`."""
