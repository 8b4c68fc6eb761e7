"""Evidence for people who assess the program: the hazard log, and what it does, tried there and then."""
