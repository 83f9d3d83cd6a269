"""What the start-up scripts do in Python: Python 3.9, standard library, each file run by itself."""
