"""`make setup`: the virtual environment and the Pulumi engine, from nothing. Standard library only."""
