"""The front doors. Each turns what it receives into an utterance, and replies into what it shows."""
