"""A cloud on your laptop: provider stand-ins over emulators. For development and demonstration only."""
